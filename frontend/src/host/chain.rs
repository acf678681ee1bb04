//! Dropping values that hold each other in long chains.
//!
//! A script can build a list in a list in a list, a million deep. Dropping the outermost one by
//! recursion would overflow the stack, so below a certain depth what is to be dropped is put aside,
//! and dropped when the stack is short again.

use std::any::Any;
use std::cell::{Cell, RefCell};

/// Drops inside each other beyond which things are put aside.
const MAX_DEPTH: u32 = 200;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static ASIDE: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

/// Drops `thing`, which may hold a long chain of values; to be called by the `Drop` of whatever
/// can be a link of such a chain.
pub fn drop_chain<T: 'static>(thing: T) {
    let depth = DEPTH.get();
    if depth >= MAX_DEPTH {
        ASIDE.with_borrow_mut(|aside| aside.push(Box::new(thing)));
        return;
    }
    DEPTH.set(depth + 1);
    drop(thing);
    if depth == 0 {
        while let Some(next) = ASIDE.with_borrow_mut(Vec::pop) {
            drop(next);
        }
    }
    DEPTH.set(depth);
}

/// Implements `Drop` for a type whose fields can be links of a chain: takes them out and drops
/// them with [`drop_chain`].
macro_rules! drop_as_chain {
    ($($ty:ty: $($field:ident),+;)*) => {
        $(impl Drop for $ty {
            fn drop(&mut self) {
                $($crate::host::chain::drop_chain(std::mem::take(&mut self.$field));)+
            }
        })*
    };
}

pub(crate) use drop_as_chain;
