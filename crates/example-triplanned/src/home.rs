//! Where a user is from: a field of our own on the registration form, and the hook that stores it in the commit of the registration.

use std::any::Any;
use std::sync::Arc;

use accounts::web::{Fields, FormErrors, FormView, LayoutError, OwnFields};
use accounts::{Own, ShortText, TextError, User};
use async_trait::async_trait;
use store::embed::sqlx::query;
use store::embed::{Dialect, HookError, Hooks};

use crate::messages;

const ADD: &str = "INSERT INTO homes (user_id, place) VALUES ($1, $2)";

const REMOVE: &str = "DELETE FROM homes WHERE user_id = $1";

/// The field `home`, which may be left blank.
pub(crate) struct HomeField;

/// What the field holds.
struct Home(Option<ShortText>);

impl OwnFields for HomeField {
    fn names(&self) -> &'static [&'static str] {
        &["home"]
    }

    fn render(&self, form: FormView<'_>) -> Result<String, LayoutError> {
        let field = form.input("home", "Where are you from?").optional().hint("Everybody can read it on your profile.");
        Ok(field.attribute("dir", "auto").to_string())
    }

    fn parse(&self, fields: &Fields) -> Result<Own, FormErrors> {
        let mut errors = FormErrors::new();
        let home = errors.field(fields, "home", |typed| match ShortText::parse(typed) {
            Ok(place) => Ok(Some(place)),
            Err(TextError::Empty) => Ok(None),
            Err(error) => Err(messages::short_text(error, "the place")),
        });
        home.map(|home| Arc::new(Home(home)) as Own).ok_or(errors)
    }
}

/// Stores the home of a new user, and removes that of a deleted one.
pub(crate) struct Homes;

#[async_trait]
impl<D: Dialect> Hooks<D> for Homes {
    async fn registered(
        &self,
        connection: &mut D::Connection,
        user: &User,
        own: Option<&(dyn Any + Send + Sync)>,
    ) -> Result<(), HookError> {
        if let Some(Home(Some(place))) = own.and_then(|own| own.downcast_ref()) {
            query::<D>(ADD).bind(user.id.get()).bind(place.as_str()).execute(connection).await?;
        }
        Ok(())
    }

    /// The row of the user stays under another name, and where the user was from goes.
    async fn deleting(&self, connection: &mut D::Connection, user: &User) -> Result<(), HookError> {
        query::<D>(REMOVE).bind(user.id.get()).execute(connection).await?;
        Ok(())
    }
}
