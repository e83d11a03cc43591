//! What the load and fault programs share. The programs are the examples of this crate.
