//! Reads the columns of a row into a struct.
//!
//! sqlx derives the same, but its derive macro is built with the drivers: SQLite and both drivers would be compiled a
//! second time, for the machine that compiles.

/// Implements [`sqlx::FromRow`] on both engines for a struct whose fields have the names of columns.
///
/// A field marked `: ..` is another such struct, which is read from the same row.
///
/// ```text
/// from_row!(CredentialRow { user: .., password_hash, password_version });
/// ```
macro_rules! from_row {
    ($name:ident { $($field:ident $(: $nested:tt)?),* $(,)? }) => {
        impl<'r, R: sqlx::Row<Database: $crate::engine::dialect::Dialect<Row = R>>> sqlx::FromRow<'r, R> for $name {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok(Self { $($field: from_row!(@ row $field $($nested)?)),* })
            }
        }
    };
    (@ $row:ident $field:ident) => { $row.try_get(stringify!($field))? };
    (@ $row:ident $field:ident ..) => { sqlx::FromRow::from_row($row)? };
}

pub(crate) use from_row;
