//! What a run checks, and how much it may use.

use std::time::Duration;
use tirade_ir::Code;

macro_rules! classes {
    ($($name:ident $text:literal $doc:literal;)*) => {
        /// A class of reports (SEMANTICS S6).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Class { $(#[doc = $doc] $name,)* }

        impl Class {
            /// Every class.
            pub const ALL: &[Class] = &[$(Class::$name,)*];

            /// `E-OOB` and the like.
            pub fn name(self) -> &'static str {
                match self { $(Class::$name => concat!("E-", $text),)* }
            }
        }
    };
}

classes! {
    Oob "OOB" "Access outside a buffer.";
    Uninit "UNINIT" "Read of an element that nothing was written to.";
    Overflow "OVERFLOW" "Signed 32- or 64-bit overflow.";
    DivZero "DIVZERO" "Integer division by zero.";
    Shift "SHIFT" "Shift by the width or more.";
    Cast "CAST" "Cast of a NaN or out-of-range float to an integer.";
    Bool "BOOL" "Bool read from a byte other than 0 and 1.";
    Clz "CLZ" "Leading or trailing zeros of 0.";
    Race "RACE" "Unordered accesses to one element, one of them a write.";
    Lanes "LANES" "Two lanes of a store with one address.";
    Region "REGION" "Access outside the declared regions of a block.";
    BindDom "BINDDOM" "Axis bound outside its domain.";
    BindDup "BINDDUP" "Block run twice with the same axis values.";
    Init "INIT" "Init missing, late or repeated.";
    Match "MATCH" "match_buffer that does not fit its region.";
    Alias "ALIAS" "Overlapping parameters, one of them written.";
    Alloc "ALLOC" "Allocation over the limit.";
    Fuel "FUEL" "More steps than allowed.";
    Assert "ASSERT" "False assertion.";
    Arg "ARG" "Argument that does not fit its parameter.";
}

impl Class {
    /// The class of reports with `code`.
    pub fn of(code: Code) -> Option<Class> {
        let name = code.class()?;
        Class::ALL.iter().copied().find(|c| c.name() == name)
    }

    /// Limits, assertions and misfits are found whatever is checked.
    pub fn is_always_on(self) -> bool {
        matches!(self, Class::Alloc | Class::Fuel | Class::Assert | Class::Arg | Class::Match)
    }

    /// A run may go on after the report: what failed has a defined value or effect.
    pub fn has_fallback(self) -> bool {
        !matches!(
            self,
            Class::Oob
                | Class::DivZero
                | Class::Alloc
                | Class::Fuel
                | Class::Assert
                | Class::Arg
                | Class::Match
        )
    }
}

/// A set of report classes.
///
/// Limits and argument checks (`E-ALLOC`, `E-FUEL`, `E-ASSERT`, `E-ARG`, `E-MATCH`) are always on,
/// and so is the test that keeps an access inside its allocation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Checks(u32);

impl Checks {
    /// Every class.
    pub const ALL: Checks = Checks((1 << Class::ALL.len()) - 1);
    /// Only what is always on.
    pub const NONE: Checks = Checks(0);

    /// The set with one class more.
    pub const fn with(self, class: Class) -> Checks {
        Checks(self.0 | 1 << class as u8)
    }

    /// True if `class` is in the set.
    #[inline(always)]
    pub const fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u8) != 0
    }
}

impl std::fmt::Debug for Checks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(Class::ALL.iter().filter(|c| self.has(**c))).finish()
    }
}

impl Checks {
    /// What a list of checks may name.
    pub const NAMES: &str = "all, none, bounds, bindings, oob, uninit, overflow, divzero, shift, \
        cast, bool, clz, race, lanes, region, binddom, binddup, init, alias";

    /// Reads `all`, `none`, or a list such as `bounds,race,E-UNINIT`; gives back a word that names
    /// no check.
    pub fn parse(text: &str) -> Result<Checks, String> {
        let mut checks = Checks::NONE;
        for word in text.split(',').map(str::trim).filter(|w| !w.is_empty()) {
            let name = word.to_ascii_uppercase();
            let name = name.strip_prefix("E-").unwrap_or(&name);
            checks = match name {
                "ALL" => Checks::ALL,
                "NONE" => checks,
                "BOUNDS" => checks.with(Class::Oob),
                "BINDINGS" => checks.with(Class::BindDom).with(Class::BindDup),
                _ => match Class::ALL.iter().find(|c| &c.name()[2..] == name) {
                    Some(class) => checks.with(*class),
                    None => return Err(word.to_string()),
                },
            };
        }
        Ok(checks)
    }
}

/// How to run a program.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which classes to report.
    pub checks: Checks,
    /// Threads for loops that may use several; 0 for as many as there are cores.
    pub threads: usize,
    /// Iterations and calls that a run may take; `None` for no limit.
    pub max_steps: Option<u64>,
    /// Bytes that one allocation may have.
    pub max_allocation: u64,
    /// Bytes that all allocations alive at one time may have.
    pub max_memory: u64,
    /// Calls within calls.
    pub max_depth: u32,
    /// Time that a run may take.
    pub time_limit: Option<Duration>,
    /// Go on after a report wherever the operation has a defined value.
    pub keep_going: bool,
    /// Buffers whose accesses are to be listed, by name.
    pub trace: Vec<String>,
    /// Count how often each statement runs.
    pub profile: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            checks: Checks::ALL,
            threads: 0,
            max_steps: None,
            max_allocation: 1 << 30,
            max_memory: 4 << 30,
            max_depth: 256,
            time_limit: None,
            keep_going: false,
            trace: Vec::new(),
            profile: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_checks() {
        assert_eq!(Checks::parse("all"), Ok(Checks::ALL));
        assert_eq!(Checks::parse("none"), Ok(Checks::NONE));
        let both = Checks::NONE.with(Class::Oob).with(Class::Race);
        assert_eq!(Checks::parse("bounds, E-RACE"), Ok(both));
        assert_eq!(Checks::parse("speed"), Err("speed".into()));
        Checks::NAMES.split(", ").for_each(|name| assert!(Checks::parse(name).is_ok(), "{name}"));
    }
}
