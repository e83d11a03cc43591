//! The secret recipe over HTTP: the program is started, and a client logs in and out.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

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
    let client = TestClient::at(&first.url("/"));
    let password = first.password().expect("the first start prints the password").to_owned();
    let redirected = client.get("/home").await;
    assert_eq!(redirected.path, "/?next=%2Fhome");
    assert!(redirected.text.contains("Sorry you must be logged in to view this page"));
    assert!(!redirected.text.contains("Gruyère"));

    let form = |password: &str| [("email", "cook@example.com".to_owned()), ("password", password.to_owned())];
    let log_in = async |client: &TestClient, password: &str| {
        let form = form(password);
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        client.submit("/?next=/home", "/", &form).await
    };
    let wrong = log_in(&client, "correct horse").await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text.contains("That username or email and password don't match. Please try again."));
    let home = log_in(&client, &password).await;
    assert_eq!(home.path, "/home");
    assert!(home.text.contains("Welcome back cook") && home.text.contains("Gruyère"));

    let logged_out = client.submit_on(&home, "/logout", &[]).await;
    assert_eq!(
        (logged_out.path.as_str(), logged_out.texts("title")),
        ("/", vec!["Log in - The secret recipe".to_owned()])
    );
    assert_eq!(client.get("/register").await.status, 404);

    drop(first);
    let second = Recipe::start(database);
    assert_eq!(second.password(), None, "the password is printed once");
    assert!(log_in(&TestClient::at(&second.url("/")), &password).await.text.contains("Welcome back cook"));
}
