//! Names: every binder gets one that no other binder in sight has.
//!
//! A binder is named after its hint. If the name is taken, reserved or not an identifier, a
//! number is added: `x`, `x_1`, `x_2`. Names are free again behind the scope of their binder, so
//! the text depends only on the program, and printing what was printed changes nothing.

use crate::buffer::{Buffer, BufferId};
use crate::expr::{Var, VarId};
use crate::symbol::Symbol;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// Python's keywords, sorted.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// True for words of the language, which nothing can be called.
pub(crate) fn is_keyword(name: &str) -> bool {
    KEYWORDS.binary_search(&name).is_ok()
}

/// Names that printed programs use themselves.
const RESERVED: [&str; 5] = ["T", "I", "range", "TypeVar", "float"];

/// How a variable is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VarText {
    /// By its own name.
    Name(&'static str),
    /// `A.data`
    Data(&'static str),
    /// `A.elem_offset`
    ElemOffset(&'static str),
    /// `A.strides[i]`
    Stride(&'static str, u32),
}

/// The names in sight.
#[derive(Debug, Default)]
pub(super) struct Names {
    vars: FxHashMap<VarId, VarText>,
    buffers: FxHashMap<BufferId, &'static str>,
    /// The buffer that introduced each pointer.
    owners: FxHashMap<VarId, Buffer>,
    /// How many binders in sight have the name; a reserved name counts once.
    taken: FxHashMap<&'static str, u32>,
    /// Names in the order they were taken, to free them at the end of scopes.
    order: Vec<&'static str>,
}

impl Names {
    /// No names but the reserved ones.
    pub(super) fn new() -> Names {
        let mut names = Names::default();
        names.reserve(RESERVED);
        names
    }

    /// Keeps binders from being named so.
    pub(super) fn reserve(&mut self, names: impl IntoIterator<Item = &'static str>) {
        for name in names {
            *self.taken.entry(name).or_default() += 1;
        }
    }

    /// The beginning of a scope, for [`Names::leave`].
    pub(super) fn enter(&self) -> usize {
        self.order.len()
    }

    /// Frees the names taken since `scope` was entered.
    pub(super) fn leave(&mut self, scope: usize) {
        for name in self.order.drain(scope..) {
            if let Some(count) = self.taken.get_mut(name) {
                *count -= 1;
                if *count == 0 {
                    self.taken.remove(name);
                }
            }
        }
    }

    /// Takes a name like `hint` that is free.
    pub(super) fn take(&mut self, hint: &'static str) -> &'static str {
        let name = self.free_name(hint);
        *self.taken.entry(name).or_default() += 1;
        self.order.push(name);
        name
    }

    /// Names a variable.
    pub(super) fn define_var(&mut self, var: Var) -> &'static str {
        let name = self.take(var.name.as_str());
        self.vars.insert(var.id, VarText::Name(name));
        name
    }

    /// Says how a variable is written.
    pub(super) fn set_var(&mut self, var: Var, text: VarText) {
        self.vars.insert(var.id, text);
    }

    /// Names a buffer; its pointer is written `name.data` unless it has a name already.
    pub(super) fn define_buffer(&mut self, buffer: &Buffer) -> &'static str {
        let name = self.take(buffer.name.as_str());
        self.set_buffer(buffer, name);
        name
    }

    /// Gives a buffer a name that was taken before.
    pub(super) fn set_buffer(&mut self, buffer: &Buffer, name: &'static str) {
        self.buffers.insert(buffer.id, name);
        if let Entry::Vacant(entry) = self.vars.entry(buffer.data.id) {
            entry.insert(VarText::Data(name));
            self.owners.insert(buffer.data.id, buffer.clone());
        }
    }

    /// The buffer that introduced a pointer.
    pub(super) fn owner(&self, data: Var) -> Option<&Buffer> {
        self.owners.get(&data.id)
    }

    /// How a variable is written.
    pub(super) fn var(&self, var: Var) -> Option<VarText> {
        self.vars.get(&var.id).copied()
    }

    /// The name of a buffer.
    pub(super) fn buffer(&self, buffer: &Buffer) -> Option<&'static str> {
        self.buffers.get(&buffer.id).copied()
    }

    fn is_free(&self, name: &str) -> bool {
        !self.taken.contains_key(name) && !is_keyword(name)
    }

    fn free_name(&self, hint: &'static str) -> &'static str {
        let base = if is_identifier(hint) { hint } else { Symbol::new(&mangle(hint)).as_str() };
        if self.is_free(base) {
            return base;
        }
        let numbered = |n: u32| format!("{base}_{n}");
        let mut used = 0;
        let mut free = 1;
        // Nearly always a small number is free; the search by doubling keeps it logarithmic where
        // one name is wanted thousands of times.
        while !self.is_free(&numbered(free)) {
            used = free;
            free = if free < 16 { free + 1 } else { free * 2 };
        }
        while used + 1 < free {
            let middle = used.midpoint(free);
            if self.is_free(&numbered(middle)) {
                free = middle;
            } else {
                used = middle;
            }
        }
        Symbol::new(&numbered(free)).as_str()
    }
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

/// An identifier that looks like `hint`.
fn mangle(hint: &str) -> String {
    let mut name: String =
        hint.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    if name.is_empty() {
        name.push('v');
    }
    if name.starts_with(|c: char| c.is_numeric()) {
        name.insert(0, '_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn names_are_unique_in_sight() {
        let mut names = Names::new();
        assert_eq!([names.take("x"), names.take("x"), names.take("x_1")], ["x", "x_1", "x_1_1"]);
        let scope = names.enter();
        assert_eq!(names.take("x"), "x_2");
        names.leave(scope);
        assert_eq!(names.take("x"), "x_2");
    }

    #[test]
    fn names_are_identifiers() {
        let mut names = Names::new();
        let mangled = ["lambda", "T", "a.b", "3d", ""].map(|hint| names.take(hint));
        assert_eq!(mangled, ["lambda_1", "T_1", "a_b", "_3d", "v"]);
    }

    #[test]
    fn many_binders_of_one_name_stay_cheap() {
        let mut names = Names::new();
        let all: Vec<_> = (0..5000).map(|_| names.take("x")).collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
