//! Calling compiled code in this process. The only file with `unsafe`.
//!
//! This is for code that is trusted to be right, such as kernels that are measured over and over;
//! [`run`](crate::run) calls in a process of its own.
#![allow(unsafe_code)]

use crate::c::module::Entry;
use crate::driver::compile::Artifact;
use crate::error::{AotError, Result};
use std::ffi::c_void;

/// The C type of an entry.
type EntryFn = unsafe extern "C" fn(*const *mut c_void, *const i64, *mut c_void) -> i32;

/// A compiled library in this process.
#[derive(Debug)]
pub struct Library {
    library: libloading::Library,
    /// The file may be temporary, and has to stay as long as its code may run.
    _artifact: Artifact,
}

impl Library {
    /// Loads a shared library that [`load`](crate::load()) compiled.
    pub fn open(artifact: Artifact) -> Result<Library> {
        // SAFETY: loading runs the library's initialisers. Printed C has none, and the file is
        // one that this crate's driver wrote, verified by its hash where it came from the cache.
        let library = unsafe { libloading::Library::new(artifact.path()) };
        let library = library.map_err(|e| AotError::Load(e.to_string()))?;
        Ok(Library { library, _artifact: artifact })
    }

    /// Calls `entry` with the memory behind its arguments; gives its status and the bytes of its
    /// result.
    ///
    /// # Safety
    ///
    /// `entry` must belong to this library. Every buffer must be as large as the parameter's shape
    /// says, be aligned to its element, and overlap no other one; the program must stay within
    /// its buffers.
    pub unsafe fn call(
        &self,
        entry: &Entry,
        buffers: &mut [&mut [u8]],
        scalars: &[i64],
    ) -> Result<(i32, [u8; 8])> {
        if scalars.len() != entry.scalars.len() || buffers.len() != entry.buffers {
            return Err(AotError::Load(format!("`{}` takes other arguments", entry.symbol)));
        }
        // SAFETY: entries are printed with exactly this type.
        let symbol = unsafe { self.library.get::<EntryFn>(entry.symbol.as_bytes()) };
        let symbol = symbol.map_err(|e| AotError::Load(e.to_string()))?;
        let pointers: Vec<*mut c_void> =
            buffers.iter_mut().map(|b| b.as_mut_ptr().cast()).collect();
        let mut result = [0u64];
        // SAFETY: there are as many pointers and scalars as the entry reads, the result has room
        // for the widest type, and the caller vouches for what the pointers point to.
        let status =
            unsafe { symbol(pointers.as_ptr(), scalars.as_ptr(), result.as_mut_ptr().cast()) };
        Ok((status, result[0].to_ne_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use tirade_ir::builder::{ForFrame, Frame, FuncFrame, IRBuilder, LoopSpec};
    use tirade_ir::{Buffer, DType, IRModule, PrimExpr, Span, Symbol, Var};

    #[test]
    fn a_loaded_function_writes_its_buffer() {
        let mut b = IRBuilder::new();
        let a = Buffer::new("A", [PrimExpr::i32(5)], DType::INT32);
        let i = Var::new("i", DType::INT32);
        let mut func = FuncFrame::new("count", Span::NONE);
        func.add_buffer(a.clone());
        b.enter(Frame::Func(func)).unwrap();
        let loops = vec![LoopSpec::serial(i, PrimExpr::i32(5))];
        b.enter(Frame::For(ForFrame { loops, span: Span::NONE })).unwrap();
        b.store(a, i.into(), [i.into()], Span::NONE);
        let module = IRModule::from_func(b.exit_func().func);
        let (library, entries) = crate::load(&module, &Default::default()).unwrap();
        let mut memory = [0u32; 5].map(u32::to_ne_bytes).concat();
        let entry = &entries[&Symbol::new("count")];
        // SAFETY: the one buffer has the five elements that the function writes.
        let called = unsafe { library.call(entry, &mut [&mut memory], &[]) };
        assert_eq!(called.unwrap().0, 0);
        assert_eq!(memory, [0u32, 1, 2, 3, 4].map(u32::to_ne_bytes).concat());
        // SAFETY: nothing is called with the wrong number of arguments.
        assert!(unsafe { library.call(entry, &mut [], &[]) }.is_err());
    }
}
