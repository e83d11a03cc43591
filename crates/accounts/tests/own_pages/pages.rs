//! Own pages of an embedder, as `docs/EMBEDDING.md` shows them: log-in, registration and password, and a link that signs in.

use accounts::web::{
    AccountPage, ChangePasswordForm, ConfirmForm, CurrentUser, EntryForm, Fields, Flash, Form, FormErrors, FormView,
    LogInForm, PageContext, PasswordFields, Problem, Submitted, methods, redirect,
};
use accounts::{BrowserTokens, LogIn, Password, Registration, RegistrationPolicy, SignIn, SignInError, UserId};
use poem::{Response, Route, handler};

use crate::common::GUEST_FLASH;

pub(super) const LOG_IN: &str = "/come-in";
pub(super) const REGISTER: &str = "/join";
pub(super) const PASSWORD_PAGE: &str = "/settings/password";
pub(super) const CONFIRM: &str = "/really-you";
pub(super) const LOG_OUT: &str = "/bye";

pub(super) fn add_to(routes: Route) -> Route {
    routes
        .at(LOG_IN, methods().get(log_in_page).post(log_in))
        .at(REGISTER, methods().get(register_page).post(register))
        .at(PASSWORD_PAGE, methods().get(password_page).post(change_password))
        .at(CONFIRM, methods().get(confirm_page).post(confirm))
        .at(LOG_OUT, methods().post(log_out))
        .at("/leave", methods().post(leave))
        .at("/link", methods().post(link))
        .at("/two-steps", methods().post(two_steps))
}

fn show_log_in(page: &PageContext, around: &EntryForm, form: FormView<'_>) -> Response {
    let (ticked, field) = (if form.is_ticked("remember") { " checked" } else { "" }, page.csrf_field());
    let html = format!(
        r#"<h1>Come in</h1>{}{}
        <form id="{}" method="post" action="{}">{field}{}{}{}
        <label><input type="checkbox" name="remember"{ticked}> Keep me logged in</label><button>Come in</button></form>{}"#,
        around.reasons(),
        form.summary(),
        EntryForm::ID,
        around.action(),
        around.hidden_fields(),
        form.input("email", "Name").autocomplete("username"),
        form.input("password", "Password").kind("password").autocomplete("current-password"),
        around.links(),
    );
    page.render_form("Come in", form, &html)
}

#[handler]
async fn log_in_page(page: PageContext) -> Response {
    if page.user().is_some() {
        return page.lead_on();
    }
    let around = page.entry_form(AccountPage::LogIn).await;
    show_log_in(&page, &around, FormView::filled(around.prefilled()))
}

#[handler]
async fn log_in(page: PageContext, submitted: Submitted<LogInForm>) -> Result<Response, Problem> {
    let errors = match page.ensure_cookies("email").and(submitted.form) {
        Ok(form) => match page.log_in(form).await {
            Ok(response) => return Ok(response),
            Err(error) => error.form_errors(&page)?,
        },
        Err(errors) => errors,
    };
    let around = page.entry_form(AccountPage::LogIn).await;
    Ok(show_log_in(&page, &around, FormView::new(&submitted.fields, &errors)))
}

fn show_register(page: &PageContext, around: &EntryForm, form: FormView<'_>) -> Response {
    let asks_for_code = page.accounts().registration_policy() == RegistrationPolicy::Code;
    let code = if asks_for_code { form.input("code", "Code").to_string() } else { String::new() };
    let html = format!(
        r#"<h1>Join</h1>{}{}<form id="{}" method="post" action="{}">{}{}{}{code}{}{}{}{}<button>Join</button></form>{}"#,
        around.reasons(),
        form.summary(),
        EntryForm::ID,
        around.action(),
        page.csrf_field(),
        page.idempotency_field(),
        around.hidden_fields(),
        form.input("username", "Name").autocomplete("username"),
        form.input("email", "E-mail").autocomplete("email"),
        form.input("password", "Password").kind("password").autocomplete("new-password"),
        form.input("password2", "Once more").kind("password").autocomplete("new-password"),
        around.links(),
    );
    page.render_form("Join", form, &html)
}

#[handler]
async fn register_page(page: PageContext) -> Response {
    if page.user().is_some() {
        return page.lead_on();
    }
    let around = page.entry_form(AccountPage::Register).await;
    show_register(&page, &around, FormView::filled(around.prefilled()))
}

#[handler]
async fn register(page: PageContext, submitted: Submitted<Registration>) -> Result<Response, Problem> {
    let errors = match page.ensure_cookies("username").and(submitted.form) {
        Ok(registration) => match page.register(registration, None).await {
            Ok(response) => return Ok(response),
            Err(error) => error.form_errors(&page)?,
        },
        Err(errors) => errors,
    };
    let around = page.entry_form(AccountPage::Register).await;
    Ok(show_register(&page, &around, FormView::new(&submitted.fields, &errors)))
}

fn show_password(page: &PageContext, form: FormView<'_>) -> Response {
    let html = format!(
        r#"<h1>New password</h1>{}<form method="post" action="{PASSWORD_PAGE}">{}{}{}{}<button>Change</button></form>"#,
        form.summary(),
        page.csrf_field(),
        form.input("password", "Now").kind("password").autocomplete("current-password"),
        form.input("new_password", "New").kind("password").autocomplete("new-password"),
        form.input("new_password2", "Once more").kind("password").autocomplete("new-password"),
    );
    page.render_form("New password", form, &html)
}

#[handler]
fn password_page(_user: CurrentUser, page: PageContext) -> Response {
    show_password(&page, FormView::empty())
}

#[handler]
async fn change_password(
    _user: CurrentUser,
    page: PageContext,
    submitted: Submitted<ChangePasswordForm>,
) -> Result<Response, Problem> {
    let errors = match submitted.form {
        Ok(form) => match page.change_password(form).await {
            Ok(response) => return Ok(response),
            Err(error) => error.form_errors(&page)?,
        },
        Err(errors) => errors,
    };
    Ok(show_password(&page, FormView::new(&submitted.fields, &errors)))
}

fn show_confirm(page: &PageContext, around: &EntryForm, form: FormView<'_>) -> Response {
    let html = format!(
        r#"<h1>Really you?</h1>{}{}<form id="{}" method="post" action="{}">{}{}{}<button>Yes</button></form>"#,
        around.reasons(),
        form.summary(),
        EntryForm::ID,
        around.action(),
        page.csrf_field(),
        around.hidden_fields(),
        form.input("password", "Password").kind("password").autocomplete("current-password"),
    );
    page.render_form("Really you?", form, &html)
}

#[handler]
async fn confirm_page(user: CurrentUser, page: PageContext) -> Response {
    if user.has_recent_log_in() {
        return page.lead_on();
    }
    let around = page.entry_form(AccountPage::Confirm).await;
    show_confirm(&page, &around, FormView::empty())
}

#[handler]
async fn confirm(page: PageContext, submitted: Submitted<ConfirmForm>) -> Result<Response, Problem> {
    let errors = match submitted.form {
        Ok(form) => match page.confirm_password(form).await {
            Ok(response) => return Ok(response),
            Err(error) => error.form_errors(&page)?,
        },
        Err(errors) => errors,
    };
    let around = page.entry_form(AccountPage::Confirm).await;
    Ok(show_confirm(&page, &around, FormView::new(&submitted.fields, &errors)))
}

#[handler]
async fn log_out(page: PageContext) -> Result<Response, Problem> {
    Ok(page.log_out().await?)
}

/// Requests the deletion of the account, and says so in the embedder's words.
#[handler]
async fn leave(user: CurrentUser, page: PageContext) -> Result<Response, Problem> {
    page.accounts().request_deletion(user.id, page.caller()).await.map_err(|_| Problem::Forbidden)?;
    Ok(page.without_session(Flash::success(GUEST_FLASH).to("/")))
}

/// A proof of the embedder's, which is here the id of a user.
struct Link {
    user: UserId,
    remember: bool,
}

impl Form for Link {
    fn parse(fields: &Fields, _: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let user = errors.field(fields, "user", str::parse);
        let remember = fields.is_ticked("remember");
        user.map(|user| Self { user: UserId::new(user), remember }).ok_or(errors)
    }
}

/// Signs in without a password, and says why not.
#[handler]
async fn link(page: PageContext, submitted: Submitted<Link>) -> Result<Response, Problem> {
    let Ok(Link { user, remember }) = submitted.form else { return Err(Problem::NotFound) };
    match page.sign_in(SignIn::new(user).remember(remember)).await {
        Ok(response) => Ok(response),
        Err(SignInError::Disabled) => Ok(page.render("Sign-in", "<h1>Your account is disabled.</h1>")),
        Err(error) => Err(error.into()),
    }
}

/// A log-in with a second proof: the field `second`. Its response is the embedder's own.
struct TwoSteps {
    password: Password,
    second: String,
}

impl Form for TwoSteps {
    fn parse(fields: &Fields, passwords: &mut PasswordFields) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::new();
        let second = errors.field(fields, "second", |typed| Ok::<_, String>(typed.to_owned()));
        let typed = errors.value("password", passwords.take("password"));
        let password = typed.and_then(|typed| errors.value("password", Password::parse(typed)));
        second.zip(password).map(|(second, password)| Self { password, second }).ok_or(errors)
    }
}

#[handler]
async fn two_steps(page: PageContext, submitted: Submitted<TwoSteps>) -> Result<Response, Problem> {
    let Ok(TwoSteps { password, second }) = submitted.form else { return Err(Problem::NotFound) };
    let attempt = LogIn {
        identifier: "ada".to_owned(),
        password,
        remember: false,
        caller: page.caller().clone(),
        browser: BrowserTokens::clone(page.browser_tokens()),
        replaces: page.session_token().cloned(),
    };
    let sign_in = match page.accounts().authenticate(attempt).await {
        Ok(sign_in) => sign_in,
        Err(error) => return error.form_errors(&page).map(|_| redirect("/two-steps-refused")),
    };
    if second != "1234" {
        return Ok(redirect("/two-steps-refused"));
    }
    let logged_in = page.accounts().sign_in(sign_in).await?;
    let greeting = Flash::success(format!("Hello again, {}, with both.", logged_in.user.username));
    Ok(logged_in.with_cookies(greeting.to("/home")))
}
