//! What every store of this port must do.
