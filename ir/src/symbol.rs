//! Interned names. The table only grows; it is the one global in the crate.

use rustc_hash::FxHashMap;
use std::sync::{LazyLock, RwLock};

/// An interned string: 4 bytes, compared by id.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(u32);

#[derive(Default)]
struct Interner {
    ids: FxHashMap<&'static str, u32>,
    names: Vec<&'static str>,
}

static INTERNER: LazyLock<RwLock<Interner>> = LazyLock::new(Default::default);

impl Symbol {
    /// Interns `name`.
    pub fn new(name: &str) -> Symbol {
        if let Some(&id) = INTERNER.read().expect("interner lock").ids.get(name) {
            return Symbol(id);
        }
        let mut table = INTERNER.write().expect("interner lock");
        if let Some(&id) = table.ids.get(name) {
            return Symbol(id);
        }
        let id = table.names.len() as u32;
        let leaked: &'static str = Box::leak(name.into());
        table.names.push(leaked);
        table.ids.insert(leaked, id);
        Symbol(id)
    }

    /// The name.
    pub fn as_str(self) -> &'static str {
        INTERNER.read().expect("interner lock").names[self.0 as usize]
    }
}

impl From<&str> for Symbol {
    fn from(name: &str) -> Self {
        Symbol::new(name)
    }
}

impl std::fmt::Display for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for Symbol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}
