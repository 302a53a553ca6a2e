//! The document as people read it: its operations by purpose, with their fields laid flat.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::refusal;
use crate::pages::{ApiAnswer, ApiField, ApiGroup, ApiOperation};
use crate::problem::{self, Row};

const METHODS: [&str; 4] = ["get", "post", "patch", "delete"];

/// What holds for all of it.
pub(super) fn text(document: &Value) -> String {
    words(document.pointer("/info/description"))
}

/// The operations, in the order of the document's purposes.
pub(super) fn groups(document: &Value) -> Vec<ApiGroup> {
    let tags = document.get("tags").and_then(Value::as_array);
    let tags = tags.into_iter().flatten();
    tags.map(|tag| {
        let name = words(tag.get("name"));
        ApiGroup {
            operations: operations(document, &name),
            text: words(tag.get("description")),
            name,
        }
    })
    .collect()
}

fn operations(document: &Value, purpose: &str) -> Vec<ApiOperation> {
    let mut found = Vec::new();
    for (path, methods) in members(document.get("paths")) {
        for method in METHODS {
            let operation = methods.get(method).filter(|operation| {
                let tag = operation.pointer("/tags/0").and_then(Value::as_str);
                tag == Some(purpose)
            });
            if let Some(operation) = operation {
                found.push(described(document, method, path, operation));
            }
        }
    }
    found
}

fn described(document: &Value, method: &str, path: &str, operation: &Value) -> ApiOperation {
    let text = words(operation.get("description"));
    let sent = operation.pointer("/requestBody/content/application~1json/schema");
    ApiOperation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        title: words(operation.get("summary")),
        text: text.split("\n\n").map(one_line).collect(),
        parameters: parameters(document, operation),
        body: sent.map_or_else(Vec::new, |schema| fields(document, schema, "")),
        answers: answers(document, operation),
    }
}

fn parameters(document: &Value, operation: &Value) -> Vec<ApiField> {
    let list = operation.get("parameters").and_then(Value::as_array);
    let list = list.into_iter().flatten();
    list.map(|parameter| ApiField {
        name: words(parameter.get("name")),
        kind: format!(
            "{}, {}",
            words(parameter.get("in")),
            parameter
                .get("schema")
                .map_or_else(String::new, |schema| kind(document, schema))
        ),
        required: parameter.get("required") == Some(&Value::Bool(true)),
        text: one_line(&words(parameter.get("description"))),
    })
    .collect()
}

fn answers(document: &Value, operation: &Value) -> Vec<ApiAnswer> {
    let all = members(operation.get("responses"));
    all.filter_map(|(status, answer)| {
        let schema = answer.pointer("/content/application~1json/schema");
        let codes = answer
            .pointer("/content/application~1problem+json/schema/allOf/1/properties/code/enum");
        let text = match codes.and_then(Value::as_array) {
            Some(codes) => refusals(status, codes)?,
            None => one_line(&words(answer.get("description"))),
        };
        Some(ApiAnswer {
            status: status.clone(),
            text,
            fields: schema.map_or_else(Vec::new, |schema| fields(document, schema, "")),
        })
    })
    .collect()
}

/// The refusals of one status that are this operation's own; none where there are none.
fn refusals(status: &str, codes: &[Value]) -> Option<String> {
    let told = codes.iter().filter_map(Value::as_str).filter_map(|code| {
        let is = |row: &Row| row.code == code && row.status.to_string() == status;
        let row = problem::catalogue().find(is)?;
        (!refusal::common().any(|common| common == row)).then(|| refusal_text(row))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join(" "))
}

fn refusal_text(row: Row) -> String {
    format!("`{}`: {}", row.code, row.title)
}

/// The refusals that any operation may be answered by, a line for each status.
pub(super) fn common() -> Vec<(u16, String)> {
    let mut told: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for row in refusal::common() {
        told.entry(row.status).or_default().push(refusal_text(row));
    }
    let told = told.into_iter();
    told.map(|(status, texts)| (status, texts.join(" ")))
        .collect()
}

/// The fields of an object and of those inside it, required ones first.
fn fields(document: &Value, schema: &Value, under: &str) -> Vec<ApiField> {
    let schema = resolved(document, schema);
    let required = schema.get("required").and_then(Value::as_array);
    let is_required =
        |name: &str| required.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)));
    let mut found = Vec::new();
    for (name, property) in members(schema.get("properties")) {
        let full = format!("{under}{name}");
        let inner = match resolved(document, property).get("items") {
            Some(items) => fields(document, items, &format!("{full}[].")),
            None => fields(document, property, &format!("{full}.")),
        };
        let field = ApiField {
            kind: kind(document, property),
            required: is_required(name),
            text: one_line(&meaning(document, property)),
            name: full,
        };
        found.push((field, inner));
    }
    found.sort_by_key(|(field, _)| !field.required);
    let flat = found.into_iter();
    flat.flat_map(|(field, inner)| std::iter::once(field).chain(inner))
        .collect()
}

fn meaning(document: &Value, property: &Value) -> String {
    match property.get("description") {
        Some(text) => words(Some(text)),
        None => words(resolved(document, property).get("description")),
    }
}

/// What a value is, in a word or by its values.
fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
        return values.join(" | ");
    }
    let kind = match schema.get("type") {
        Some(Value::Array(all)) => all.iter().find(|one| one.as_str() != Some("null")),
        other => other,
    };
    match (kind.and_then(Value::as_str), schema.get("items")) {
        (Some("array"), Some(items)) => format!("array of {}", self::kind(document, items)),
        (Some(kind), _) => kind.to_owned(),
        (None, _) => "object".to_owned(),
    }
}

/// The schema itself: behind its name, and whether it may be null or not.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let named = schema.get("$ref").and_then(Value::as_str);
    if let Some(found) = named.and_then(|name| document.pointer(name.trim_start_matches('#'))) {
        return resolved(document, found);
    }
    let either = schema.get("oneOf").and_then(Value::as_array);
    let is_null = |one: &&Value| one.get("type").and_then(Value::as_str) == Some("null");
    match either.and_then(|all| all.iter().find(|one| !is_null(one))) {
        Some(inner) => resolved(document, inner),
        None => schema,
    }
}

fn members(object: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    object
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}

fn words(text: Option<&Value>) -> String {
    text.and_then(Value::as_str).unwrap_or("").to_owned()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
