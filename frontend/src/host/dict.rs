//! Dicts and sets: hash tables that keep the order of insertion.
//!
//! Hashing and comparing keys may run code of the script, so the table itself only finds
//! candidates by hash; the evaluator compares them ([`super::Evaluator::dict_get`] and its kin).

use super::chain::drop_as_chain;
use super::limits::Charge;
use super::value::Value;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::cell::{Cell, Ref, RefCell, RefMut};

/// Entries in order of insertion; `None` where an entry was removed.
#[derive(Clone)]
struct Slot<V> {
    hash: u64,
    /// The next slot with the same hash.
    next: u32,
    item: Option<(Value, V)>,
}

const END: u32 = u32::MAX;
/// Up to this many slots are searched one after the other.
const SMALL: usize = 8;

/// A hash table that keeps the order of insertion.
#[derive(Clone)]
pub struct Table<V> {
    slots: Vec<Slot<V>>,
    /// First slot of each hash; empty while the table is small.
    heads: FxHashMap<u64, u32>,
    live: usize,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Table { slots: Vec::new(), heads: FxHashMap::default(), live: 0 }
    }
}

impl<V: Clone> Table<V> {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.live
    }

    /// True if there are no entries.
    pub fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// Slots and keys whose hash is `hash`.
    pub fn candidates(&self, hash: u64) -> SmallVec<[(usize, Value); 1]> {
        let mut found = SmallVec::new();
        if self.heads.is_empty() {
            for (i, slot) in self.slots.iter().enumerate().filter(|(_, s)| s.hash == hash) {
                found.extend(slot.item.as_ref().map(|(key, _)| (i, key.clone())));
            }
            return found;
        }
        let mut at = self.heads.get(&hash).copied().unwrap_or(END);
        while at != END {
            let slot = &self.slots[at as usize];
            found.extend(slot.item.as_ref().map(|(key, _)| (at as usize, key.clone())));
            at = slot.next;
        }
        found
    }

    /// The entry in slot `idx`.
    pub fn get(&self, idx: usize) -> Option<&(Value, V)> {
        self.slots.get(idx)?.item.as_ref()
    }

    /// The value in slot `idx`, to be changed.
    pub fn value_mut(&mut self, idx: usize) -> Option<&mut V> {
        Some(&mut self.slots.get_mut(idx)?.item.as_mut()?.1)
    }

    /// Adds an entry whose key is not there yet.
    pub fn push(&mut self, hash: u64, key: Value, value: V) {
        if self.slots.len() >= 2 * SMALL && self.live < self.slots.len() / 2 {
            self.compact();
        }
        self.slots.push(Slot { hash, next: END, item: Some((key, value)) });
        self.live += 1;
        if self.heads.is_empty() && self.slots.len() > SMALL {
            self.index();
        } else if !self.heads.is_empty() {
            self.link(self.slots.len() - 1);
        }
    }

    /// Removes the entry in slot `idx`.
    pub fn remove(&mut self, idx: usize) -> Option<(Value, V)> {
        let item = self.slots.get_mut(idx)?.item.take()?;
        self.live -= 1;
        while self.heads.is_empty() && self.slots.last().is_some_and(|s| s.item.is_none()) {
            self.slots.pop();
        }
        Some(item)
    }

    /// Removes the entry that was added last.
    pub fn pop_last(&mut self) -> Option<(Value, V)> {
        let idx = self.slots.iter().rposition(|slot| slot.item.is_some())?;
        self.remove(idx)
    }

    /// Removes the entry that was added first.
    pub fn pop_first(&mut self) -> Option<(Value, V)> {
        let idx = self.slots.iter().position(|slot| slot.item.is_some())?;
        self.remove(idx)
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        *self = Table::default();
    }

    /// Entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &(Value, V)> {
        self.slots.iter().filter_map(|slot| slot.item.as_ref())
    }

    /// Entries with their hashes.
    pub fn hashed(&self) -> impl Iterator<Item = (u64, &(Value, V))> {
        self.slots.iter().filter_map(|slot| Some((slot.hash, slot.item.as_ref()?)))
    }

    /// The first entry in slot `from` or later, with the slot after it.
    pub fn next_from(&self, from: usize) -> Option<(usize, &(Value, V))> {
        let rest = self.slots.get(from..)?;
        let at = rest.iter().position(|slot| slot.item.is_some())?;
        Some((from + at + 1, rest[at].item.as_ref()?))
    }

    fn compact(&mut self) {
        self.slots.retain(|slot| slot.item.is_some());
        self.heads.clear();
        if self.slots.len() > SMALL {
            self.index();
        }
    }

    fn index(&mut self) {
        self.heads.clear();
        for idx in 0..self.slots.len() {
            self.link(idx);
        }
    }

    /// Puts slot `idx` at the front of the chain of its hash.
    fn link(&mut self, idx: usize) {
        let hash = self.slots[idx].hash;
        let head = self.heads.insert(hash, idx as u32).unwrap_or(END);
        self.slots[idx].next = head;
    }

    fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot<V>>() + self.heads.capacity() * 24 + 96
    }
}

/// Which of the dict types it is.
#[derive(Clone)]
pub enum DictKind {
    /// `dict`
    Plain,
    /// `collections.OrderedDict`
    Ordered,
    /// `collections.defaultdict`, with its factory.
    Default(Value),
    /// `collections.Counter`
    Counter,
}

/// The shared part of a dict.
pub struct Dict {
    table: RefCell<Table<Value>>,
    /// Which type it is.
    pub kind: DictKind,
    charge: Charge,
}

/// The shared part of a set.
pub struct Set {
    table: RefCell<Table<()>>,
    /// A frozenset.
    pub frozen: bool,
    /// Kept for the memory meter.
    charge: Charge,
    /// The hash of a frozenset once it was asked for.
    pub hash: Cell<Option<u64>>,
}

drop_as_chain! {
    Dict: table;
    Set: table;
}

impl Dict {
    /// A dict with these entries.
    pub fn new(table: Table<Value>, kind: DictKind) -> Dict {
        let dict = Dict { table: RefCell::new(table), kind, charge: Charge::default() };
        dict.recharge();
        dict
    }

    /// The entries.
    pub fn table(&self) -> Ref<'_, Table<Value>> {
        self.table.borrow()
    }

    /// The entries, to be changed; not to be held across a call into the evaluator.
    pub fn table_mut(&self) -> RefMut<'_, Table<Value>> {
        self.table.borrow_mut()
    }

    /// Tells the memory meter how large the dict is now.
    pub fn recharge(&self) {
        self.charge.set(self.table.borrow().bytes());
    }

    /// The value of the string key `key`, without running code of the script.
    pub fn get_str(&self, key: &str) -> Option<Value> {
        let table = self.table.borrow();
        table.iter().find(|(k, _)| k.as_str() == Some(key)).map(|(_, v)| v.clone())
    }

    /// All entries.
    pub fn entries(&self) -> Vec<(Value, Value)> {
        self.table.borrow().iter().cloned().collect()
    }
}

impl Default for Dict {
    fn default() -> Self {
        Dict::new(Table::default(), DictKind::Plain)
    }
}

impl Set {
    /// A set with these elements.
    pub fn new(table: Table<()>, frozen: bool) -> Set {
        let charge = Charge::default();
        let set = Set { table: RefCell::new(table), frozen, charge, hash: Cell::new(None) };
        set.recharge();
        set
    }

    /// The elements.
    pub fn table(&self) -> Ref<'_, Table<()>> {
        self.table.borrow()
    }

    /// The elements, to be changed; not to be held across a call into the evaluator.
    pub fn table_mut(&self) -> RefMut<'_, Table<()>> {
        self.table.borrow_mut()
    }

    /// Tells the memory meter how large the set is now.
    pub fn recharge(&self) {
        self.charge.set(self.table.borrow().bytes());
    }

    /// All elements.
    pub fn elements(&self) -> Vec<Value> {
        self.table.borrow().iter().map(|(key, ())| key.clone()).collect()
    }
}
