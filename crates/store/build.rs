//! Has the migrations embedded anew when one is added: the compiler watches only the files it has seen.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
