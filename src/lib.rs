//! Tirade: a TensorIR toolchain.
//!
//! This facade re-exports the libraries and adds what a program around them needs: reading and
//! writing arrays ([`npy`]), showing them ([`show`]), running one function of a script
//! ([`program`]), and counting its arithmetic ([`work`]).

pub mod npy;
pub mod program;
pub mod show;
pub mod work;

pub use tirade_aot as aot;
pub use tirade_frontend as frontend;
pub use tirade_fuzz as fuzz;
pub use tirade_interp as interp;
pub use tirade_ir as ir;
pub use tirade_schedule as schedule;
