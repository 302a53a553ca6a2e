//! The command line: a tree of nouns and verbs; a secret is never an argument.

mod api_key;
mod audit;
mod authenticators;
mod backup_codes;
mod completions;
mod config;
mod doctor;
mod import;
mod init;
mod keys;
mod man;
mod otp;
mod realm;
mod serve;
mod user;

use std::process::ExitCode;

use clap::Parser as _;
use countersign::{AttestationPolicy, Countersign, Refusal, Verdict};
use tokio::runtime::{Builder, Runtime};

use crate::config::{Flags, Layers, Settings};
use crate::failure::Failure;
use crate::output::{Format, Output};
use crate::realms;
use crate::wiring::{self, Opening};

/// Multi-factor authentication beside, inside or in front of an application.
///
/// Without a command it serves: on 127.0.0.1:8080, with its data in ./countersign-data.
#[derive(clap::Parser)]
#[command(name = "countersign", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    /// For whom answers are printed.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    output: Format,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed or refused, 2 command line, \
                          3 configuration, 4 keyring, 5 store, 6 address to listen on.";

#[derive(clap::Subcommand)]
enum Command {
    /// Serve (what happens without a command, too).
    Serve,
    /// Make the data directory, the keyring and the database, if they are missing.
    Init,
    /// Add, list, reset, disable and enable users.
    #[command(subcommand)]
    User(user::Command),
    /// List and revoke the authenticators of a user.
    #[command(subcommand)]
    Authenticators(authenticators::Command),
    /// Tell how many backup codes a user has left.
    #[command(subcommand)]
    BackupCodes(backup_codes::Command),
    /// Make, list and revoke the keys of back ends.
    #[command(subcommand)]
    ApiKey(api_key::Command),
    /// Move in the users of another program.
    #[command(subcommand)]
    Import(import::Command),
    /// Add, change and list realms.
    #[command(subcommand)]
    Realm(realm::Command),
    /// List the keys of the keyring.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Read the audit trail.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look at everything a server needs and say how to mend what is wrong.
    Doctor,
    /// Check the configuration, or show it and where each value comes from.
    #[command(subcommand)]
    Config(config::Command),
    /// Make and check codes, without a server.
    #[command(subcommand)]
    Otp(otp::Command),
    /// Print the completions for a shell.
    Completions(completions::Arguments),
    /// Print the manual, or write its pages into a directory.
    Man(man::Arguments),
}

/// In which realm.
#[derive(Clone, Debug, clap::Args)]
struct InRealm {
    /// The realm.
    #[arg(long, value_name = "REALM", default_value = "default")]
    realm: String,
}

/// What every command is given.
struct Context {
    flags: Flags,
    output: Output,
}

impl Context {
    fn layers(&self) -> Result<Layers, Failure> {
        Ok(Layers::gather(&self.flags, std::env::vars_os())?)
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let layers = self.layers()?;
        for (stray, resembled) in &layers.strays {
            self.output.note(&format!(
                "warning: {stray} is not read; did you mean {resembled}?"
            ));
        }
        Ok(Settings::resolve(&layers)?)
    }

    /// The same with the engine of a realm.
    fn in_realm<T>(
        &self,
        realm: &InRealm,
        opening: Opening,
        work: impl AsyncFnOnce(&Countersign) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.with_engine(opening, async |mfa| {
            let there = realms::engine(mfa, &realm.realm).await?;
            work(&there).await
        })
    }

    /// Does `work` with an engine over the configured store, beside a server that may be running.
    fn with_engine<T>(
        &self,
        opening: Opening,
        work: impl AsyncFnOnce(&Countersign) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let settings = self.settings()?;
        let url = settings.expected_origin()?;
        runtime(&mut Builder::new_current_thread())?.block_on(async {
            // No command enrolls a passkey.
            let any = AttestationPolicy::default();
            let opened = wiring::open(&settings, opening, &url, wiring::ONE_HASH, any).await?;
            for path in &opened.made {
                self.output.note(&format!("made {}", path.display()));
            }
            if opened.broken {
                self.output
                    .note("warning: some rows do not open with this keyring");
            }
            let done = work(&opened.mfa).await;
            drop(opened.mfa);
            opened.tasks.wait().await;
            done
        })
    }
}

fn runtime(builder: &mut Builder) -> Result<Runtime, Failure> {
    builder.enable_all().build().map_err(Failure::Run)
}

/// What the engine accepted.
fn accepted<T>(verdict: Verdict<T>) -> Result<T, Failure> {
    match verdict {
        Verdict::Accepted(content) => Ok(content),
        Verdict::Refused(refusal) => Err(Failure::Refused(refusal)),
        Verdict::Throttled { retry_after, .. } => Err(Failure::Throttled(retry_after)),
    }
}

/// The same, where what may be missing is the user.
fn of_user<T>(name: &str, verdict: Verdict<T>) -> Result<T, Failure> {
    match verdict {
        Verdict::Refused(Refusal::NotFound) => Err(Failure::NoUser(name.to_owned())),
        verdict => accepted(verdict),
    }
}

/// Parses the command line and runs the command.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let context = Context {
        flags: cli.flags,
        output: Output::new(cli.output),
    };
    let ended = match cli.command {
        None | Some(Command::Serve) => serve::run(&context),
        Some(Command::Init) => init::run(&context),
        Some(Command::User(command)) => user::run(&context, &command),
        Some(Command::Authenticators(command)) => authenticators::run(&context, &command),
        Some(Command::BackupCodes(command)) => backup_codes::run(&context, &command),
        Some(Command::ApiKey(command)) => api_key::run(&context, &command),
        Some(Command::Import(command)) => import::run(&context, &command),
        Some(Command::Realm(command)) => realm::run(&context, &command),
        Some(Command::Keys(command)) => keys::run(&context, &command),
        Some(Command::Audit(command)) => audit::run(&context, &command),
        Some(Command::Doctor) => doctor::run(&context),
        Some(Command::Config(command)) => config::run(&context, &command),
        Some(Command::Otp(command)) => otp::run(&context, &command),
        Some(Command::Completions(arguments)) => completions::run(&context, &arguments),
        Some(Command::Man(arguments)) => man::run(&context, &arguments),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let code = failure.exit_code();
            if code != ExitCode::SUCCESS {
                context.output.failure(&failure);
            }
            code
        }
    }
}
