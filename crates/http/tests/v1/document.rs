//! The document: it lists what is served, and the page shows what it lists.

use std::collections::BTreeSet;

use countersign_http::{problem, routes, v1};

use crate::backend::DOCUMENT;
use crate::support::World;

#[test]
fn every_route_is_in_the_document_and_no_other() {
    let mut served: BTreeSet<String> = BTreeSet::new();
    for route in routes() {
        if route.path.starts_with("/v1/") {
            served.insert(format!("{} {}", route.method, route.path));
        }
    }
    let mut told = BTreeSet::new();
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            told.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    assert_eq!(served, told);
}

#[test]
fn every_problem_in_the_document_is_of_the_catalogue() {
    let rows: BTreeSet<(String, String)> = problem::catalogue()
        .map(|row| (row.status.to_string(), row.code.to_owned()))
        .collect();
    let mut codes = 0;
    for methods in DOCUMENT["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            assert!(operation["summary"].is_string() && operation["operationId"].is_string());
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let schema = &answer["content"]["application/problem+json"]["schema"];
                let told = schema["allOf"][1]["properties"]["code"]["enum"].as_array();
                for code in told.into_iter().flatten() {
                    let row = (status.clone(), code.as_str().unwrap().to_owned());
                    assert!(rows.contains(&row), "{row:?}");
                    codes += 1;
                }
            }
        }
    }
    assert!(codes > 150, "{codes}");
}

#[test]
fn it_is_openapi_3_1_and_every_reference_leads_somewhere() {
    assert_eq!(DOCUMENT["openapi"], "3.1.0");
    let scheme = &DOCUMENT["components"]["securitySchemes"]["api_key"];
    assert_eq!(
        (&scheme["type"], &scheme["scheme"]),
        (&"http".into(), &"bearer".into())
    );
    let text = v1::openapi();
    let named = text.split("\"$ref\": \"#").skip(1);
    let mut count = 0;
    for rest in named {
        let pointer = rest.split('"').next().unwrap();
        assert!(DOCUMENT.pointer(pointer).is_some(), "{pointer}");
        count += 1;
    }
    assert!(count > 50, "{count}");
}

#[tokio::test]
async fn it_is_served_and_shown() {
    let world = World::new();
    let client = world.client();
    let answer = client.get("/api/openapi.json").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.text(), v1::openapi());
    let page = client.page("/api/docs").await;
    page.shows(200, "<h1>Service API</h1>");
    for route in routes() {
        if route.path.starts_with("/v1/") {
            let line = format!("<code>{} {}</code>", route.method, route.path);
            assert_eq!(page.text().matches(&line).count(), 1, "{line}");
        }
    }
    for (attribute, mark) in [("src", " src=\""), ("href", " href=\"")] {
        for rest in page.text().split(mark).skip(1) {
            let own = rest.starts_with('/') && !rest.starts_with("//") || rest.starts_with('#');
            assert!(own, "{attribute} {rest:.40}");
        }
    }
    client.get("/api/docs").await.problem(406, "not_acceptable");
}

/// Where a body may be left out, `null` in its place is refused: the document promises no such thing.
#[test]
fn no_body_may_be_null() {
    let operations = DOCUMENT["paths"].as_object().unwrap().values();
    let operations = operations.flat_map(|path| path.as_object().unwrap().values());
    let bodies: Vec<_> = operations
        .map(|operation| &operation["requestBody"]["content"]["application/json"]["schema"])
        .filter(|schema| !schema.is_null())
        .collect();
    assert!(bodies.len() >= 6);
    for schema in bodies {
        assert!(schema["$ref"].is_string(), "{schema}");
    }
}
