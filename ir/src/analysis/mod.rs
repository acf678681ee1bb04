//! Facts about programs: accessed regions, and the completion of functions by them; reductions
//! over threads.

pub mod allreduce;
pub mod complete;
pub mod regions;

pub use allreduce::Allreduce;
pub use complete::complete_func;
pub use regions::{AccessRegions, access_regions};

#[cfg(test)]
mod tests;
