//! Renders every page in every state and holds it to the rules that all pages share.
//!
//! With `COUNTERSIGN_PAGES_OUT` set to a folder it also writes the pages and assets there, to be
//! looked at in a browser.

mod samples;
mod samples_enrollment;
mod samples_inside;
mod samples_proof;

use std::{env, fs, path::Path};

use super::{Fault, asset};

fn every_page() -> Vec<(String, String)> {
    let mut pages = samples::pages();
    pages.extend(samples_enrollment::pages());
    pages.extend(samples_inside::pages());
    pages.extend(samples_proof::pages());
    pages
}

fn count(page: &str, what: &str) -> usize {
    page.matches(what).count()
}

/// The values of every attribute `name` of the page.
fn values<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    page.split(&format!(" {name}=\""))
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect()
}

#[test]
fn every_page_has_one_heading_and_the_landmarks() {
    for (name, page) in every_page() {
        for once in ["<h1>", "<main ", "<header ", "<footer>", "<title>"] {
            assert_eq!(count(&page, once), 1, "{name}: {once}");
        }
        assert!(page.contains("<html lang=\"en\">"), "{name}");
        assert!(!page.contains("<title> –"), "{name}: empty title");
    }
}

#[test]
fn every_form_posts_with_its_token() {
    for (name, page) in every_page() {
        for form in page.split("<form ").skip(1) {
            let form = form.split("</form>").next().unwrap();
            assert!(form.starts_with("method=\"post\" action=\"/"), "{name}");
            let token = r#"<input type="hidden" name="form_token" value="token-of-this-page">"#;
            assert_eq!(count(form, token), 1, "{name}");
        }
    }
}

#[test]
fn nothing_inline_and_nothing_from_elsewhere() {
    for (name, page) in every_page() {
        for (index, tag) in page.split('<').enumerate() {
            let tag = tag.split('>').next().unwrap();
            let at = format!("{name}, tag {index}: {tag}");
            assert!(!tag.starts_with("style"), "{at}");
            assert!(!tag.contains(" style="), "{at}");
            assert!(!tag.starts_with("script") || tag.contains(" src="), "{at}");
            let handler = tag
                .split(' ')
                .any(|word| word.starts_with("on") && word.contains('='));
            assert!(!handler, "{at}");
        }
        for address in values(&page, "src").iter().chain(&values(&page, "href")) {
            let own = address.starts_with('/') && !address.starts_with("//");
            assert!(
                own || address.starts_with('#') || address.starts_with("otpauth://"),
                "{name}: {address}"
            );
        }
    }
}

#[test]
fn every_field_is_labeled_and_every_description_exists() {
    for (name, page) in every_page() {
        let ids = values(&page, "id");
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(ids.len(), unique.len(), "{name}: an id occurs twice");
        for described in ["aria-describedby", "aria-labelledby", "aria-controls"] {
            for id in values(&page, described).iter().flat_map(|v| v.split(' ')) {
                assert!(ids.contains(&id), "{name}: {described} {id}");
            }
        }
        let labels = values(&page, "for");
        for field in page.split("<input ").chain(page.split("<select ")).skip(1) {
            let field = field.split('>').next().unwrap();
            let unseen = field.contains("hidden") || !field.contains("name=");
            let labeled = labels
                .iter()
                .any(|id| field.contains(&format!("id=\"{id}\"")));
            assert!(unseen || labeled, "{name}: {field}");
        }
        assert!(count(&page, " autofocus") <= 1, "{name}: two autofocus");
    }
}

#[test]
fn what_people_typed_is_escaped() {
    for (name, page) in every_page() {
        assert!(!page.contains("<img"), "{name}");
    }
    let hostile = samples_inside::hostile_overview();
    assert!(!hostile.contains("<img"));
    assert!(hostile.contains("&#60;img src=x onerror=alert(1)&#62;"));
}

#[test]
fn a_retry_never_shows_the_secret_again() {
    for (name, page) in every_page() {
        let shows = page.contains("class=\"qr\"") || page.contains("otpauth:");
        assert_eq!(shows, name == "enrollment-scan", "{name}");
    }
}

#[test]
fn every_asset_that_a_page_names_exists() {
    for (name, page) in every_page() {
        for address in values(&page, "href").iter().chain(&values(&page, "src")) {
            if let Some(file) = address.strip_prefix("/assets/") {
                let file = file.split('?').next().unwrap();
                assert!(asset(file).is_some(), "{name}: {file}");
            }
        }
    }
    let css = String::from_utf8(asset("app.css").unwrap().bytes.to_vec()).unwrap();
    for url in css.split("url(\"").skip(1) {
        assert!(asset(url.split('"').next().unwrap()).is_some(), "{url}");
    }
    assert!(asset("../Cargo.toml").is_none());
}

#[test]
fn the_script_suits_trusted_types() {
    for name in ["app.js", "passkey.js"] {
        let js = String::from_utf8(asset(name).unwrap().bytes.to_vec()).unwrap();
        for sink in [
            "innerHTML",
            "outerHTML",
            "eval(",
            "document.write",
            "Function(",
        ] {
            assert!(!js.contains(sink), "{name}: {sink}");
        }
    }
}

#[test]
fn the_passkey_script_is_on_the_pages_that_use_it() {
    for (name, page) in every_page() {
        let used = page.contains(" data-passkey=") || page.contains(" data-accepted=");
        assert_eq!(page.contains("/assets/passkey.js"), used, "{name}");
        for region in page.split(" data-passkey=").skip(1) {
            let all = ["NotAllowedError", "InvalidStateError", "other"];
            for problem in all {
                let line = format!(" data-problem=\"{problem}\" hidden>");
                assert_eq!(count(region, &line), 1, "{name}: {problem}");
            }
            assert_eq!(count(region, " data-go hidden>"), 1, "{name}");
        }
    }
}

#[test]
fn a_fault_of_a_status_has_that_status() {
    for status in [400, 403, 404, 405, 409, 413, 415, 421, 429, 500, 503] {
        assert_eq!(Fault::of(status).status(), status);
    }
}

#[test]
fn renders_every_page() {
    let pages = every_page();
    let Some(out) = env::var_os("COUNTERSIGN_PAGES_OUT") else {
        return;
    };
    let out = Path::new(&out);
    let assets = out.join("assets");
    fs::create_dir_all(&assets).unwrap();
    for (name, page) in pages {
        fs::write(out.join(format!("{name}.html")), page).unwrap();
    }
    for name in [
        "app.css",
        "app.js",
        "passkey.js",
        "mark.svg",
        "band.svg",
        "rosette.svg",
        "atkinson-next-latin.woff2",
        "atkinson-next-latin-ext.woff2",
        "atkinson-mono-latin.woff2",
    ] {
        fs::write(assets.join(name), asset(name).unwrap().bytes).unwrap();
    }
}
