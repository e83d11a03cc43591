//! Tests of the accounts over HTTP: a real socket, a real store, the test client. One file per account page or per promise of
//! the layer; shared code is in `common`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod account;
mod account_email;
mod account_password;
mod account_sessions;
mod account_username;
mod administration;
mod change_password;
mod common;
mod confirm;
mod cookie_names;
mod csrf;
mod delete;
mod delete_page;
mod embedding;
mod errors;
mod events;
mod export;
mod failing_store;
mod flash;
mod guard;
mod headers;
mod https;
#[cfg(feature = "cli")]
mod import;
mod in_flight;
mod interrupted_form;
mod json;
mod limits;
mod log_in;
mod log_out;
mod loopback;
mod maintenance;
mod markup;
mod next;
mod no_trace;
mod own_fields;
mod own_pages;
mod programs;
mod register;
#[cfg(feature = "cli")]
mod registration_code_commands;
mod registration_codes;
mod repeated_registration;
mod reset;
mod return_path;
mod roles;
mod session;
mod sign_in;
mod throttling;
mod unix_socket;
mod uploads;
mod use_cases;
mod webhooks;
