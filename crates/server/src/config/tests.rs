use super::*;

fn variables(pairs: &[(&str, &str)]) -> impl Iterator<Item = (OsString, OsString)> {
    let pairs: Vec<(OsString, OsString)> = pairs
        .iter()
        .map(|(name, text)| (name.into(), text.into()))
        .collect();
    pairs.into_iter()
}

#[test]
fn flags_win_over_variables_over_the_file_over_defaults() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("c.toml");
    std::fs::write(
        &path,
        "version = 1\nlisten = \"file\"\nissuer = \"file\"\nlog = \"file\"\n",
    )
    .unwrap();
    let flags = Flags {
        config: Some(path),
        listen: Some("flag".to_owned()),
        ..Flags::default()
    };
    let environment = variables(&[
        ("COUNTERSIGN_LISTEN", "variable"),
        ("COUNTERSIGN_ISSUER", "variable"),
        ("COUNTERSIGN_TOTP_PAST", "2"),
        ("COUNTERSIGN_PUBLIC_URL", ""),
    ]);
    let layers = Layers::gather(&flags, environment).unwrap();
    let value = |name| {
        layers
            .value(name)
            .map(|value| (value.text.as_str(), value.source))
    };
    assert_eq!(value("listen"), Some(("flag", Source::Flag)));
    assert_eq!(value("issuer"), Some(("variable", Source::Environment)));
    assert_eq!(value("log"), Some(("file", Source::File)));
    assert_eq!(value("log_format"), Some(("auto", Source::Default)));
    assert_eq!(value("totp.past"), Some(("2", Source::Environment)));
    assert_eq!(value("public_url"), None);
}

#[test]
fn a_setting_and_its_file_are_one_setting() {
    let flags = Flags {
        store: Some("sqlite:a".to_owned()),
        ..Flags::default()
    };
    let layers = Layers::gather(&flags, variables(&[("COUNTERSIGN_STORE_FILE", "/x")])).unwrap();
    assert!(layers.value("store_file").is_none());

    let both = variables(&[
        ("COUNTERSIGN_KEYRING", "{}"),
        ("COUNTERSIGN_KEYRING_FILE", "/x"),
    ]);
    let error = Layers::gather(&Flags::default(), both).err().unwrap();
    assert_eq!(
        error.to_string(),
        "`keyring` and `keyring_file` are both given (environment)"
    );
}

#[test]
fn only_variables_that_resemble_ours_are_strays() {
    let environment = variables(&[
        ("COUNTERSIGN_LISTNE", "x"),
        ("COUNTERSIGN_PORT_8080_TCP_ADDR", "x"),
        ("COUNTERSIGN_CONFIG", ""),
    ]);
    let layers = Layers::gather(&Flags::default(), environment).unwrap();
    assert_eq!(
        layers.strays,
        [(
            "COUNTERSIGN_LISTNE".to_owned(),
            "COUNTERSIGN_LISTEN".to_owned()
        )]
    );
}
