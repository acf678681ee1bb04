//! Facts about programs: accessed regions, and the completion of functions by them.

pub mod complete;
pub mod regions;

pub use complete::complete_func;
pub use regions::{AccessRegions, access_regions};

#[cfg(test)]
mod tests;
