//! What an own page of the embedder needs to do what ours does: methods of the page context that log in, sign in, register and change
//! the password, each with the client and the session of the request. Our pages are made of them.
//!
//! Each returns the response to a form that succeeded, with the cookies of its session, or the error of the use case. What an error
//! says to people is in `refusals`; the forms are in `forms`.

mod forms;
mod refusals;

use auth::{BrowserTokens, SessionToken};
use domain::user::RegistrationKey;
use domain::{Own, StoreError};
use poem::Response;
use poem::http::{HeaderName, HeaderValue};

use super::AccountPage;
use super::account_pages::EntryForm;
use super::form::{FormErrors, IDEMPOTENCY_FIELD};
use super::interrupted_form::InterruptedForm;
use super::messages;
use super::page::{Flash, PageContext, redirect};
use super::request::{RequestContext, ReturnPath, with_next};
use super::session::SessionChange;
use crate::log_in::Client;
use crate::{
    Caller, ChangePassword, ChangePasswordError, ConfirmPasswordError, LogIn, LogInError, LoggedIn, PasswordChanged,
    RegisterError, Registration, SignIn, SignInError, User,
};

pub use forms::{ChangePasswordForm, ConfirmForm, LogInForm};

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// The cache only: `"cookies"` would remove the flash message too.
const CLEAR_CACHE: HeaderValue = HeaderValue::from_static("\"cache\"");

impl PageContext {
    /// The client of the request, for a use case of [`crate::Accounts`].
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.request().caller
    }

    /// The token of the request's session: of the live one, or where none is live, of a session cookie that opens nothing. `None`
    /// without such a cookie. It is a secret of the user.
    #[must_use]
    pub fn session_token(&self) -> Option<&SessionToken> {
        self.request().session()
    }

    /// The tokens in the browser's device cookie, for a use case of [`crate::Accounts`]. They are secrets of the browser.
    #[must_use]
    pub fn browser_tokens(&self) -> &BrowserTokens {
        &self.request().browser
    }

    /// The `next` that came with the request, in its form or else in its query: where a log-in, a registration or a confirmation leads.
    /// `None` where there is none, or it is not accepted: then a setting decides ([`crate::Builder::after_log_in`]).
    #[must_use]
    pub fn next(&self) -> Option<ReturnPath> {
        self.request().sent_next()
    }

    /// What is around the form of a page that logs in, registers, or asks for the password again: see [`EntryForm`].
    pub async fn entry_form(&self, page: AccountPage) -> EntryForm {
        EntryForm::new(self, page).await
    }

    /// Refuses a form that came without any cookie of this site, with a sentence at `field`: a log-in needs one.
    ///
    /// The first time the browser may have lost the cookie since it opened the page, such as by a log-out in another tab. The
    /// response sets a new one. A browser that does not send that one either keeps no cookies, and the sentence says so.
    ///
    /// # Errors
    /// [`FormErrors`]
    pub fn ensure_cookies(&self, field: &'static str) -> Result<(), FormErrors> {
        let request = self.request();
        if !request.is_without_cookies() {
            return Ok(());
        }
        let is_repeated =
            request.submitted().is_some_and(|fields| fields.is_sent(super::account_pages::REPEATED_FIELD));
        let stale = messages::STALE_FORM.text;
        Err(FormErrors::at(field, if is_repeated { messages::NO_COOKIES.into() } else { stale }))
    }

    /// Leads a user who is logged in to where the entry form leads: to `next`, to the page of a form that waited, or to
    /// [`crate::Builder::after_log_in`].
    #[must_use]
    pub fn lead_on(&self) -> Response {
        self.lead_on_to(&self.request().settings().destination_of_log_in(self.next().as_ref()))
    }

    /// The redirect, and with it the form that was waiting: the layer shows its page.
    fn lead_on_to(&self, destination: &str) -> Response {
        let mut response = redirect(destination);
        if let Some((form, _)) = InterruptedForm::submitted(self.request()) {
            response.extensions_mut().insert(form);
        }
        response
    }

    /// Logs in by the log-in form, as our log-in page does: the attempt is limited, the session of the request is replaced, and the
    /// response greets the user and [leads on](PageContext::lead_on).
    ///
    /// # Errors
    /// [`LogInError`]; its method `form_errors` makes the errors of the form of it.
    pub async fn log_in(&self, form: LogInForm) -> Result<Response, LogInError> {
        let (LogInForm { identifier, password, remember }, request) = (form, self.request());
        let (caller, browser) = (request.caller.clone(), request.browser.clone());
        let Some(password) = password else {
            return Err(self.accounts().refuse_log_in(&identifier, &caller, &browser).await);
        };
        let replaces = request.session().cloned();
        let attempt = LogIn { identifier, password, remember, caller, browser, replaces };
        Ok(self.welcome_back(self.accounts().log_in(attempt).await?))
    }

    /// Signs in a user who has proved who they are, as a log-in does: see [`crate::Accounts::sign_in`]. The client and the session
    /// that is replaced are those of the request. The response greets the user and [leads on](PageContext::lead_on).
    ///
    /// A route that any site can open, such as the return from a single sign-on, checks first that this browser has begun there:
    /// otherwise a stranger could sign the visitor in to the stranger's account.
    ///
    /// # Errors
    /// [`SignInError`]
    pub async fn sign_in(&self, sign_in: SignIn) -> Result<Response, SignInError> {
        let request = self.request();
        let sign_in = sign_in.or(&request.caller, &request.browser, request.session());
        Ok(self.welcome_back(self.accounts().sign_in(sign_in).await?))
    }

    fn welcome_back(&self, logged_in: LoggedIn) -> Response {
        let greeting = messages::welcome_back(&logged_in.user.username, logged_in.has_undone_deletion);
        Flash::success(greeting).with(logged_in.with_cookies(self.lead_on()))
    }

    /// Registers by the registration form, as our registration page does, and signs the new user in. `own` is a value for the hook of
    /// the store. A form that is sent twice registers once: it has the field of [`PageContext::idempotency_field`].
    ///
    /// # Errors
    /// [`RegisterError`]; its method `form_errors` makes the errors of the form of it.
    pub async fn register(&self, registration: Registration, own: Option<Own>) -> Result<Response, RegisterError> {
        if self.is_own_registration(&registration) {
            return Ok(self.lead_on());
        }
        let key = registration_key(self.request(), &registration);
        let user = self.accounts().register_once(registration, own, key, self.caller()).await?;
        Ok(self.registered(user).await)
    }

    /// Whether the registration is that of the user who is logged in: the form was sent again, such as after Back.
    fn is_own_registration(&self, registration: &Registration) -> bool {
        self.user().is_some_and(|user| {
            user.username.key() == registration.username.key() && user.email.key() == registration.email.key()
        })
    }

    /// Signs the new user in and leads on. Where a setting asks for it, or the session cannot be opened, the way leads over the
    /// log-in page: the account exists, and the response must not say otherwise. So does a form that is sent again by Back after the
    /// user was disabled, has changed the password, or has asked for the deletion: the account is not said to be ready then.
    async fn registered(&self, user: User) -> Response {
        let (settings, next) = (self.request().settings(), self.next());
        let log_in = with_next(settings.path(AccountPage::LogIn), next.as_ref());
        let has_ended = user.disabled_at.is_some() || user.deletion.is_some();
        if has_ended {
            return Flash::success(messages::REGISTERED_BEFORE).to(&log_in);
        }
        if settings.log_in_after_registration {
            let request = self.request();
            let sign_in = SignIn::registered(user).or(&request.caller, &request.browser, request.session());
            match self.accounts().sign_in(sign_in).await {
                Ok(logged_in) => {
                    let greeting = messages::welcome(&logged_in.user.username);
                    let destination = settings.destination_of_registration(next.as_ref());
                    return Flash::success(greeting).with(logged_in.with_cookies(self.lead_on_to(&destination)));
                }
                Err(SignInError::Store(failure)) => {
                    tracing::error!(error = ?failure, "no session after a registration");
                }
                Err(SignInError::NotFound | SignInError::Disabled | SignInError::Changed) => {
                    return Flash::success(messages::REGISTERED_BEFORE).to(&log_in);
                }
            }
        }
        let to = settings.after_registration.clone().filter(|_| next.is_none());
        Flash::success(messages::REGISTERED).to(&to.unwrap_or(log_in))
    }

    /// Logs out, as our page does: ends each session that the browser has sent, and removes its cookies. The response leads to
    /// [`crate::Builder::after_log_out`].
    ///
    /// # Errors
    /// [`StoreError`]: the session may still be open, and the cookie stays.
    pub async fn log_out(&self) -> Result<Response, StoreError> {
        let request = self.request();
        for token in request.sessions() {
            self.accounts().log_out(token, &request.caller).await?;
        }
        Ok(self.without_session(Flash::success(messages::LOGGED_OUT).to(&request.settings().after_log_out)))
    }

    /// Removes the cookies of the session from the browser, by a response of a use case that has ended it, such as
    /// [`crate::Accounts::request_deletion`].
    #[must_use]
    pub fn without_session(&self, response: Response) -> Response {
        let mut response = SessionChange::Ended.with(response);
        response.headers_mut().insert(CLEAR_SITE_DATA, CLEAR_CACHE); // so that Back shows no private page
        response
    }

    /// Changes the password by the form, as our password page does: the other sessions of the user end in the same commit, and the
    /// response has the new token of this one and leads to the account page. Where this session has ended meanwhile, it leads to the
    /// log-in page.
    ///
    /// # Errors
    /// [`ChangePasswordError`]; its method `form_errors` makes the errors of the form of it.
    pub async fn change_password(&self, form: ChangePasswordForm) -> Result<Response, ChangePasswordError> {
        let (ChangePasswordForm { current, new }, request) = (form, self.request());
        let (caller, browser) = (request.caller.clone(), request.browser.clone());
        let user = self.user().ok_or(ChangePasswordError::SessionEnded)?;
        let Some(current) = current else {
            let client = Client { caller: &caller, browser: &browser };
            self.accounts().verify_in_session(user, None, client).await?; // always a failure
            return Err(ChangePasswordError::Mismatch);
        };
        let session = request.session().cloned().ok_or(ChangePasswordError::SessionEnded)?;
        let change = ChangePassword { session, current, new, caller, browser };
        let PasswordChanged { kept, .. } = self.accounts().change_password(change).await?;
        let settings = request.settings();
        let Some(kept) = kept else {
            let to_log_in = Flash::success(messages::PASSWORD_CHANGED_LOG_IN).to(settings.path(AccountPage::LogIn));
            return Ok(SessionChange::Ended.with(to_log_in));
        };
        Ok(kept.with_cookies(Flash::success(messages::PASSWORD_CHANGED).to(settings.overview_path())))
    }

    /// Confirms the password by the form, as our page that asks for it again does: the session counts as logged in just now. The
    /// response has its new token and [leads on](PageContext::lead_on).
    ///
    /// # Errors
    /// [`ConfirmPasswordError`]; its method `form_errors` makes the errors of the form of it.
    pub async fn confirm_password(&self, form: ConfirmForm) -> Result<Response, ConfirmPasswordError> {
        let (ConfirmForm { password }, request) = (form, self.request());
        let session = request.session().ok_or(ConfirmPasswordError::SessionEnded)?;
        let confirmed = self.accounts().confirm(session, password, &request.caller, &request.browser).await?;
        Ok(confirmed.with_cookies(self.lead_on()))
    }
}

/// The idempotency key of the form, where it has one and the browser keeps cookies.
fn registration_key(request: &RequestContext, registration: &Registration) -> Option<RegistrationKey> {
    let form_key = request.submitted()?.one(IDEMPOTENCY_FIELD).ok().filter(|key| !key.is_empty())?;
    let Registration { username, email, .. } = registration;
    Some(auth::registration_key(request.form_pre_session()?, form_key, username, email))
}
