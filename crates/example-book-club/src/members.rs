//! What the club stores about a user. The registration form asks for the favorite author, who is stored in the commit that adds the user.

use std::any::Any;
use std::sync::Arc;

use accounts::web::{Fields, FormErrors, FormView, LayoutError, OwnFields};
use accounts::{Own, ShortText, User};
use async_trait::async_trait;
use store::embed::{Dialect, HookError, Hooks, sqlx::query};

/// The field of the registration form.
pub(crate) struct FavoriteAuthorField;

impl OwnFields for FavoriteAuthorField {
    fn names(&self) -> &'static [&'static str] {
        &["favorite_author"]
    }

    fn render(&self, form: FormView<'_>) -> Result<String, LayoutError> {
        Ok(form.input("favorite_author", "Favorite author").attribute("dir", "auto").to_string())
    }

    fn parse(&self, fields: &Fields) -> Result<Own, FormErrors> {
        let mut errors = FormErrors::new();
        errors.field(fields, "favorite_author", crate::parse_name).map(|name| Arc::new(name) as Own).ok_or(errors)
    }
}

/// The hooks that add and remove what the club stores about a user.
pub(crate) struct MemberRows;

#[async_trait]
impl<D: Dialect> Hooks<D> for MemberRows {
    async fn registered(
        &self,
        connection: &mut D::Connection,
        user: &User,
        own: Option<&(dyn Any + Send + Sync)>,
    ) -> Result<(), HookError> {
        let add = query::<D>("INSERT INTO members (user_id, favorite_author) VALUES ($1, $2)").bind(user.id.get());
        if let Some(author) = own.and_then(|own| own.downcast_ref::<ShortText>()) {
            add.bind(author.as_str()).execute(connection).await?; // an operator adds a user without the field
        }
        Ok(())
    }

    async fn deleting(&self, connection: &mut D::Connection, user: &User) -> Result<(), HookError> {
        for remove in ["DELETE FROM members WHERE user_id = $1", "DELETE FROM readings WHERE user_id = $1"] {
            query::<D>(remove).bind(user.id.get()).execute(&mut *connection).await?;
        }
        Ok(())
    }
}
