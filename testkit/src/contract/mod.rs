//! The contract: each rule of a store once, as a plain function. [`contract!`](crate::contract) mounts
//! all of them as the tests of one store.

pub mod acceptance;
pub mod api_key;
pub mod begun_passkey;
pub mod budget;
pub mod change;
pub mod condition;
pub mod directory;
pub mod guard;
pub mod host;
pub mod housekeeping;
pub mod import;
pub mod lasting;
pub mod link;
pub mod once;
pub mod passkey;
pub mod passkey_life;
pub mod password;
pub mod proof;
pub mod realm;
pub mod session;
pub mod soundness;
pub mod ticket;
pub mod trail;
pub mod window;

/// Mounts every rule on the stores that `$open` makes: a function from nothing to whatever keeps the
/// store alive, and the empty store in an `Arc`.
#[macro_export]
macro_rules! contract {
    ($open:ident) => {
        $crate::mount! { $open;
            acceptance: [
                a_code_is_accepted_once_among_64,
                a_backup_code_is_accepted_once_among_64,
                a_pending_login_is_used_once_among_64,
                a_code_is_refused_once_a_later_one_was_used,
                all_that_matched_is_consumed_or_nothing,
                a_confirmation_consumes_its_code,
            ];
            soundness: [
                an_attempt_is_settled_once_and_as_what_it_was_admitted,
                a_match_that_consumes_nothing_is_not_accepted,
                typing_a_backup_code_back_consumes_nothing,
            ];
            session: [
                a_raised_session_ends_the_old_one,
                a_session_ends_with_its_children,
                ending_the_others_leaves_one,
                a_new_password_ends_what_was_open,
                disabling_ends_what_was_open,
                a_session_is_never_seen_backwards,
            ];
            ticket: [
                a_ticket_is_used_once_among_64,
                a_ticket_is_for_its_host_and_its_browser,
                a_ticket_is_good_for_its_time_only,
                a_ticket_shown_elsewhere_is_over,
                a_child_is_one_a_host_and_makes_none,
            ];
            housekeeping: [
                a_purge_removes_only_what_cannot_matter,
                a_purge_removes_what_applications_left,
                the_state_tells_keys_and_counts,
                events_are_paged_by_id,
            ];
            password: [
                a_name_that_is_nobodys_is_counted_alike,
                the_oldest_of_too_many_known_browsers_are_forgotten,
                a_stranger_cannot_lock_a_known_browser_out,
                strangers_of_many_addresses_are_delayed,
            ];
            directory: [
                a_named_user_arises_with_the_acceptance,
                only_what_is_to_be_named_is_named,
                a_typed_name_is_taken_only_if_it_is_free,
                an_application_ends_what_is_open,
            ];
            passkey: [
                a_challenge_is_accepted_once_among_64,
                a_challenge_is_good_for_its_time_only,
                the_use_of_a_challenge_is_remembered_longer_than_it_is_good,
                a_passkey_revoked_in_between_refuses,
                a_passkey_and_its_challenge_are_consumed_together,
                a_credential_names_its_user_at_an_open_gate,
                somebody_elses_passkey_is_none_at_a_pending_login,
                a_login_alone_is_a_passkeys_at_an_open_gate,
                a_passkey_opens_what_its_gate_is_for,
                a_counter_never_goes_down,
                a_counter_that_moved_on_refuses,
                a_passkey_is_not_counted_and_settled_once,
            ];
            passkey_life: [
                a_passkey_alone_demands_the_second_step,
                a_credential_is_one_users_until_it_is_revoked,
                a_passkey_is_added_wholly_or_not_at_all,
                a_user_has_at_most_twenty_of_all_kinds,
                the_first_authenticator_brings_the_codes_and_the_last_voids_them,
                a_reset_revokes_passkeys,
                failures_of_codes_suspend_no_passkey,
                an_rp_id_is_fixed_while_there_are_passkeys,
                a_passkey_is_of_the_realms_rp_id,
            ];
            budget: [
                classes_of_clients_have_their_own_budgets,
                a_success_does_not_spend_and_does_not_refill,
                a_used_code_spends_nothing,
                a_budget_is_told_at_half_and_at_its_end_once,
                a_budget_comes_back_after_a_year,
            ];
            condition: [
                a_password_changed_in_between_refuses,
                a_user_disabled_in_between_is_refused,
                an_authenticator_revoked_in_between_refuses,
                backup_codes_replaced_in_between_refuse,
                a_session_ended_in_between_refuses,
                a_pending_login_expired_in_between_refuses,
                a_first_step_decides_at_its_commit,
                a_password_alone_raises_nobody_with_a_second_factor,
                a_gate_admits_only_what_stands,
            ];
            window: [
                the_sixth_attempt_in_300_seconds_waits,
                entries_from_the_future_count_as_now,
                a_success_takes_only_itself_out,
                ten_successes_in_a_row_are_never_throttled,
                an_attempt_in_flight_counts,
                nothing_resets_a_window,
                a_confirmation_shares_the_window_and_nothing_else,
                backup_codes_have_their_own_window,
            ];
            lasting: [
                the_hundredth_failure_in_a_row_suspends_the_codes,
                the_hundredth_failure_in_a_row_voids_the_backup_codes,
                a_success_ends_the_row_of_its_own_kind,
                suspended_codes_are_exhausted_and_nothing_at_all_is_not,
            ];
            guard: [
                a_stale_session_changes_nothing,
                a_weak_session_changes_nothing,
                an_ended_session_changes_nothing,
                somebody_elses_session_changes_nothing,
                an_own_new_password_needs_its_guard,
            ];
            host: [
                a_first_enrollment_takes_no_proof,
                a_confirmation_has_a_session_where_its_gate_has,
                a_suspended_authenticator_demands_a_proof,
                a_word_is_enough_where_no_proof_is_demanded,
                a_word_is_for_an_enabled_user,
                a_right_is_for_its_own_changes,
                a_user_is_made_once,
            ];
            proof: [
                a_proof_is_used_once,
                a_proof_is_used_once_among_64,
                a_proof_is_one_users,
                a_proof_is_good_for_its_time_only,
                a_refused_change_uses_no_proof,
                what_ends_sessions_ends_proofs,
                a_proof_is_granted_at_an_applications_gate_only,
                a_passkey_grants_a_proof,
            ];
            begun_passkey: [
                what_was_begun_is_added_once,
                what_was_begun_is_added_once_among_64,
                only_what_was_begun_is_added,
                a_refused_answer_leaves_what_was_begun,
                a_first_authenticator_ends_what_was_begun_before_it,
                what_is_begun_counts_among_twenty,
                a_reset_ends_what_was_begun,
            ];
            once: [
                a_request_is_done_once,
                a_request_that_brings_codes_is_done_once,
                a_refused_request_takes_no_name,
                a_request_is_done_once_among_64,
                a_name_is_remembered_for_its_time,
                a_name_is_of_one_change,
            ];
            import: [
                a_user_is_imported_wholly_or_not_at_all,
                a_user_is_imported_once_among_64,
                an_imported_code_is_accepted_once_among_64,
                an_import_plants_nothing_beside_a_factor,
                an_import_brings_back_nothing_that_was_revoked,
                imported_codes_are_voided_like_any_other,
                imported_codes_are_of_their_set_alone,
            ];
            api_key: [
                an_api_key_is_found_by_its_hash,
                two_of_a_name_live_in_a_realm,
                an_api_key_is_revoked_once,
                an_api_key_is_never_seen_backwards,
            ];
            realm: [
                a_realm_is_found_as_it_was_written,
                a_realm_is_added_once,
                a_host_is_one_realms,
                a_realm_that_changed_in_between_is_left_alone,
                a_realms_rp_id_is_fixed_while_there_are_passkeys,
                users_are_one_realms,
                events_are_one_realms,
            ];
            change: [
                an_enrollment_replaces_the_pending_one_only,
                nothing_is_planted_active,
                a_user_has_at_most_twenty,
                the_last_revocation_voids_the_backup_codes,
                a_reset_takes_everything_but_the_password,
                the_last_one_is_kept_where_it_has_to_be,
            ];
            link: [
                a_setup_link_opens_once_and_only_without_users,
                a_name_is_taken_once,
                users_are_paged_by_creation,
            ];
            trail: [
                every_outcome_of_a_settlement_leaves_its_row,
                every_change_leaves_its_row_and_a_refused_one_none,
                notices_are_counted_until_read,
                a_throttled_window_is_one_row_with_a_count,
            ];
        }
    };
}

/// Mounts lists of rules; see [`contract!`](crate::contract).
#[macro_export]
#[doc(hidden)]
macro_rules! mount {
    ($open:ident; $($module:ident: [$($rule:ident),+ $(,)?];)+) => {
        $(mod $module {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $rule() {
                let (_keep, store) = super::$open();
                $crate::contract::$module::$rule($crate::World::new(store)).await;
            })+
        })+
    };
}

#[cfg(test)]
mod tests {
    /// A rule that is written and not mounted would never run.
    #[test]
    fn every_rule_is_mounted() {
        let list = include_str!("mod.rs");
        let sources = [
            include_str!("acceptance.rs"),
            include_str!("api_key.rs"),
            include_str!("begun_passkey.rs"),
            include_str!("budget.rs"),
            include_str!("change.rs"),
            include_str!("condition.rs"),
            include_str!("directory.rs"),
            include_str!("guard.rs"),
            include_str!("host.rs"),
            include_str!("housekeeping.rs"),
            include_str!("lasting.rs"),
            include_str!("import.rs"),
            include_str!("link.rs"),
            include_str!("once.rs"),
            include_str!("passkey.rs"),
            include_str!("passkey_life.rs"),
            include_str!("password.rs"),
            include_str!("proof.rs"),
            include_str!("realm.rs"),
            include_str!("session.rs"),
            include_str!("soundness.rs"),
            include_str!("ticket.rs"),
            include_str!("trail.rs"),
            include_str!("window.rs"),
        ];
        let mut rules = 0;
        for line in sources.iter().flat_map(|source| source.lines()) {
            if let Some(rule) = line.strip_prefix("pub async fn ") {
                let name = rule.split('<').next().unwrap();
                assert!(list.contains(&format!(" {name},")), "{name} is not mounted");
                rules += 1;
            }
        }
        assert!(rules > 50, "{rules}");
    }
}
