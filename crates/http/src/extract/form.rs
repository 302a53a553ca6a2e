//! A strict reading of forms: valid UTF-8, the known fields, each once, and the form's token.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde::de::value::{Error, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::problem::{Failure, Problem};

const TOKEN: &str = "form_token";

/// A form's fields in their order.
pub(super) struct Fields {
    token: Option<String>,
    pairs: Vec<(String, String)>,
}

/// Splits and decodes; a second token counts as none.
pub(super) fn split(bytes: &[u8]) -> Result<Fields, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::MalformedBody)?;
    let mut pairs = Vec::new();
    let mut tokens = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        if name == TOKEN {
            tokens.push(value);
        } else {
            pairs.push((name, value));
        }
    }
    let token = tokens.pop().filter(|_| tokens.is_empty());
    Ok(Fields { token, pairs })
}

fn decode(text: &str) -> Result<String, Problem> {
    let spaced: Cow<'_, str> = if text.contains('+') {
        text.replace('+', " ").into()
    } else {
        text.into()
    };
    percent_decode_str(&spaced)
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| Problem::MalformedBody)
}

impl Fields {
    /// The token that ties the form to the browser.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The other fields.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<T, Failure> {
        let pairs = self
            .pairs
            .into_iter()
            .map(|(name, value)| (name, Value(value)));
        let fields = T::deserialize(MapDeserializer::<_, Error>::new(pairs));
        fields.map_err(|_| Problem::InvalidFields.into())
    }
}

/// One field's text, read as whatever the field is.
struct Value(String);

macro_rules! number {
    ($($method:ident $visit:ident)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let number = self.0.parse().map_err(|_| serde::de::Error::custom("no number"))?;
            visitor.$visit(number)
        })+
    };
}

impl<'de> Deserializer<'de> for Value {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    number! {
        deserialize_u8 visit_u8
        deserialize_u32 visit_u32
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u16 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl IntoDeserializer<'_, Error> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Example {
        label: Option<String>,
        digits: Option<u8>,
    }

    fn read(text: &str) -> Result<Example, Problem> {
        split(text.as_bytes())?
            .read()
            .map_err(|failure| failure.problem)
    }

    #[test]
    fn a_form_is_read() {
        let form = read("label=Work+phone%20%E2%9C%93&digits=8&form_token=t").unwrap();
        assert_eq!(form.label.as_deref(), Some("Work phone ✓"));
        assert_eq!(form.digits, Some(8));
        let empty = read("label=").unwrap();
        assert_eq!((empty.label.as_deref(), empty.digits), (Some(""), None));
    }

    #[test]
    fn fields_that_do_not_fit_are_refused() {
        for text in [
            "label=a&label=b",
            "label=a&%6cabel=b",
            "other=a",
            "digits=six",
            "digits=",
            "digits=256",
            "digits=-1",
            "label[]=a",
        ] {
            assert_eq!(read(text), Err(Problem::InvalidFields), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_utf8_is_refused() {
        assert_eq!(read("label=%ff"), Err(Problem::MalformedBody));
        assert!(split(b"label=\xff").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_a_form_or_a_refusal(bytes: Vec<u8>) {
            let _ = split(&bytes).map(|fields| fields.read::<Example>().is_ok());
        }

        #[test]
        fn what_was_encoded_is_read(label: String) {
            let encoded = percent_encoding::percent_encode(
                label.as_bytes(),
                percent_encoding::NON_ALPHANUMERIC,
            );
            let form = read(&format!("label={encoded}")).unwrap();
            proptest::prop_assert_eq!(form.label, Some(label));
        }
    }

    #[test]
    fn two_tokens_are_none() {
        let token = |text: &str| split(text.as_bytes()).unwrap().token().map(str::to_owned);
        assert_eq!(token("form_token=a").as_deref(), Some("a"));
        assert_eq!(token("form_token=a&form_token=a"), None);
        assert_eq!(token("label=a"), None);
    }
}
