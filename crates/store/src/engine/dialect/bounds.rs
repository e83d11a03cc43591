//! Traits that bundle sqlx's bounds as supertraits of [`Dialect`](super::Dialect), so that no repository repeats them.

use sqlx::{Database, Decode, Encode, Type};

/// A value that can be bound to a statement of `D`.
pub trait Bind<D: Database>: Type<D> + for<'q> Encode<'q, D> {}
impl<D: Database, T: Type<D> + for<'q> Encode<'q, D>> Bind<D> for T {}

/// A value that can be read from a row of `D` and bound to a statement.
pub trait Column<D: Database>: Bind<D> + for<'r> Decode<'r, D> {}
impl<D: Database, T: Bind<D> + for<'r> Decode<'r, D>> Column<D> for T {}

/// `Where<T, Is: Bound>` as a supertrait means `where T: Bound`. Unlike a `where` clause it is implied for every user of
/// the trait, since a bound on a supertrait's associated type is (stable since Rust 1.79).
pub trait Where<T>: Same<T, Is = T> {}
impl<D, T> Where<T> for D {}

/// The identity function on types. See [`Where`].
pub trait Same<T> {
    /// `T`.
    type Is;
}
impl<D, T> Same<T> for D {
    type Is = T;
}
