//! The shared parts of tuples, lists, ranges and slices.

use super::chain::{drop_as_chain, drop_chain};
use super::limits::{Charge, allocated, released};
use super::value::Value;
use std::cell::RefCell;
use std::rc::Rc;

/// The shared part of a tuple.
#[derive(Clone)]
pub struct Tuple(Rc<[Value]>);

/// The shared part of a list.
#[derive(Default)]
pub struct List {
    items: RefCell<Vec<Value>>,
    charge: Charge,
}

/// The shared part of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeValue {
    /// First value.
    pub start: i64,
    /// Where it ends, exclusive.
    pub stop: i64,
    /// Distance of two values; not 0.
    pub step: i64,
}

/// The shared part of a slice. Absent parts are [`Value::None`].
#[derive(Clone)]
pub struct SliceValue {
    /// Before the first `:`.
    pub lower: Value,
    /// After the first `:`.
    pub upper: Value,
    /// After the second `:`.
    pub step: Value,
}

impl Tuple {
    fn new(items: Rc<[Value]>) -> Tuple {
        let tuple = Tuple(items);
        if !tuple.is_empty() {
            allocated(tuple.bytes());
        }
        tuple
    }

    /// Bytes it counts for in the memory meter.
    fn bytes(&self) -> usize {
        self.0.len() * size_of::<Value>() + 32
    }

    /// The same object.
    pub fn ptr_eq(&self, other: &Tuple) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Where the items lie.
    pub fn addr(&self) -> usize {
        Rc::as_ptr(&self.0).addr()
    }
}

impl std::ops::Deref for Tuple {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0
    }
}

impl Default for Tuple {
    fn default() -> Self {
        thread_local! {
            static EMPTY: Rc<[Value]> = Rc::from([]);
        }
        Tuple(EMPTY.with(Rc::clone))
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        if Rc::strong_count(&self.0) == 1 && !self.0.is_empty() {
            released(self.bytes());
            if self.0.iter().any(Value::is_link) {
                drop_chain(std::mem::replace(&mut self.0, Rc::from([])));
            }
        }
    }
}

impl<T: Into<Rc<[Value]>>> From<T> for Tuple {
    fn from(items: T) -> Tuple {
        Tuple::new(items.into())
    }
}

impl FromIterator<Value> for Tuple {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Tuple {
        Tuple::new(items.into_iter().collect())
    }
}

impl Drop for List {
    fn drop(&mut self) {
        let items = self.items.get_mut();
        if items.iter().any(Value::is_link) {
            drop_chain(std::mem::take(items));
        }
    }
}

impl List {
    /// The items.
    pub fn items(&self) -> std::cell::Ref<'_, Vec<Value>> {
        self.items.borrow()
    }

    /// The items, to be changed; not to be held across a call into the evaluator.
    pub fn items_mut(&self) -> std::cell::RefMut<'_, Vec<Value>> {
        self.items.borrow_mut()
    }

    /// Tells the memory meter how large the list is now.
    pub fn recharge(&self) {
        self.charge.set(self.items.borrow().capacity() * size_of::<Value>() + 64);
    }
}

impl From<Vec<Value>> for List {
    fn from(items: Vec<Value>) -> List {
        let list = List { items: RefCell::new(items), charge: Charge::default() };
        list.recharge();
        list
    }
}

impl RangeValue {
    /// Number of values.
    pub fn len(&self) -> u64 {
        let (start, stop, step) = (self.start as i128, self.stop as i128, self.step as i128);
        let distance = if step > 0 { stop - start } else { start - stop };
        if distance <= 0 { 0 } else { ((distance - 1) / step.abs() + 1) as u64 }
    }

    /// True if there are no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value number `idx`, which must be below [`RangeValue::len`].
    pub fn get(&self, idx: u64) -> i64 {
        (self.start as i128 + idx as i128 * self.step as i128) as i64
    }

    /// True if `value` is one of the values.
    pub fn contains(&self, value: i64) -> bool {
        let inside = if self.step > 0 {
            self.start <= value && value < self.stop
        } else {
            self.stop < value && value <= self.start
        };
        inside && (value as i128 - self.start as i128) % self.step as i128 == 0
    }
}

drop_as_chain! {
    SliceValue: lower, upper, step;
}
