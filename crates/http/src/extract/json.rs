//! A strict reading of JSON: one object in UTF-8 with the known fields, each once.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::problem::{Failure, Problem};

/// Reads an object; no body at all counts as an empty one.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::MalformedBody)?;
    let text = match text.trim_ascii() {
        "" => "{}",
        text => text,
    };
    // A derived reader would take `["alice", "secret"]` for an object with two fields.
    if text.starts_with('[') {
        return Err(Problem::InvalidFields.into());
    }
    serde_json::from_str(text).map_err(|error| {
        match error.classify() {
            Category::Data => Problem::InvalidFields,
            Category::Syntax | Category::Eof | Category::Io => Problem::MalformedBody,
        }
        .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Fields {
        code: Option<String>,
        digits: Option<u8>,
    }

    fn problem(text: impl AsRef<[u8]>) -> Problem {
        parse::<Fields>(text.as_ref()).unwrap_err().problem
    }

    #[test]
    fn an_object_is_read() {
        let fields: Fields = parse(b" {\"code\":\"1\",\"digits\":6}\n").unwrap();
        assert_eq!(fields.code.as_deref(), Some("1"));
        assert_eq!(fields.digits, Some(6));
        assert!(parse::<Fields>(b"").is_ok());
    }

    #[test]
    fn fields_that_do_not_fit_are_refused() {
        for text in [
            r#"{"code":"1","code":"2"}"#,
            r#"{"code":"1","cod\u0065":"2"}"#,
            r#"{"code":"1","other":"2"}"#,
            r#"{"code":1}"#,
            r#"{"code":{"code":"1","code":"2"}}"#,
            r#"{"code":["1"]}"#,
            r#"{"digits":"6"}"#,
            r#"{"digits":256}"#,
            r#"{"digits":6.0}"#,
            r#"["1",6]"#,
            r#""text""#,
            "1",
            "null",
        ] {
            assert_eq!(problem(text), Problem::InvalidFields, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            r#"{"code":"1""#,
            r#"{"code":"1"}{}"#,
            r#"{"code":"1"} x"#,
            "{'code':'1'}",
            r#"{"code":"\ud800"}"#,
            "{\"code\":\"1\n\"}",
            "\u{feff}{}",
        ] {
            assert_eq!(problem(text), Problem::MalformedBody, "{text}");
        }
        assert_eq!(problem(b"{\"code\":\"\xff\"}"), Problem::MalformedBody);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_an_object_or_a_refusal(bytes: Vec<u8>) {
            let _ = parse::<Fields>(&bytes).is_ok();
        }

        #[test]
        fn what_was_written_is_read(code: String) {
            let text = serde_json::json!({ "code": code }).to_string();
            let fields = parse::<Fields>(text.as_bytes()).unwrap();
            proptest::prop_assert_eq!(fields.code, Some(code));
        }
    }

    #[test]
    fn depth_is_no_way_to_the_end_of_the_stack() {
        let deep = format!("{{\"code\":{}", "[".repeat(8000));
        let flat = "[".repeat(8000);
        assert_eq!(problem(deep), Problem::InvalidFields);
        assert_eq!(problem(flat), Problem::InvalidFields);
    }
}
