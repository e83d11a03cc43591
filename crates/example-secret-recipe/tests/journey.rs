//! The secret recipe as somebody meets it: the program is started, and its page asked for.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's set-up that fails is a test that fails")]

mod common;

use accounts::test_kit::TestClient;
use test_support::{Postgres, sqlite_url};

use crate::common::Recipe;

#[tokio::test]
async fn only_the_cook_reads_the_recipe_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    only_the_cook_reads_the_recipe(&sqlite_url(&folder)).await;
}

#[tokio::test]
async fn only_the_cook_reads_the_recipe_on_postgres() {
    only_the_cook_reads_the_recipe(&Postgres::shared().await.unwrap().database().await.unwrap()).await;
}

async fn only_the_cook_reads_the_recipe(database: &str) {
    let first = Recipe::start(database);
    let visitor = TestClient::at(&first.url("/"));
    let password = first.password().expect("a first start tells the password").to_owned();
    let refused = visitor.get("/home").await;
    assert_eq!(refused.path, "/?next=%2Fhome");
    assert!(refused.text.contains("Sorry you must be logged in to view this page"));
    assert!(!refused.text.contains("Gruyère"));

    let form = |password: &str| [("email", "cook@example.com".to_owned()), ("password", password.to_owned())];
    let log_in = async |visitor: &TestClient, password: &str| {
        let form = form(password);
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        visitor.submit("/?next=/home", "/", &form).await
    };
    let wrong = log_in(&visitor, "correct horse").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("That email and password don't match. Please try again."));
    let home = log_in(&visitor, &password).await;
    assert_eq!(home.path, "/home");
    assert!(home.text.contains("Welcome back cook") && home.text.contains("Gruyère"));

    let out = visitor.submit_on(&home, "/logout", &[]).await;
    assert_eq!((out.path.as_str(), out.texts("title")), ("/", vec!["Log in - The secret recipe".to_owned()]));
    assert_eq!(visitor.get("/register").await.status, 404);

    drop(first);
    let second = Recipe::start(database);
    assert_eq!(second.password(), None, "a password is told once");
    assert!(log_in(&TestClient::at(&second.url("/")), &password).await.text.contains("Welcome back cook"));
}
