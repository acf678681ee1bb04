//! Blocks (SEMANTICS 9).

use crate::machine::{Flow, Machine};
use crate::options::Class;
use crate::tree::Block;

impl<'p> Machine<'p> {
    /// Runs one instance of a block.
    pub fn exec_block(&mut self, block: &'p Block) -> Flow {
        let outer = self.scope;
        let flow = match self.enter_block(block) {
            false => self.after_block(),
            true => match self.begin_instance(block) {
                false => Flow::Stop,
                true => self.exec(&block.body),
            },
        };
        self.scope = outer;
        flow
    }

    fn after_block(&self) -> Flow {
        if self.halted { Flow::Stop } else { Flow::Next }
    }

    /// Binds the axes; false if the instance does not run, because its predicate is false or the
    /// run stops.
    pub(super) fn enter_block(&mut self, block: &'p Block) -> bool {
        for iter in &block.iters {
            let value = self.eval(&iter.value.expr);
            self.frame.scalars[iter.slot as usize] = value;
        }
        if let Some(predicate) = &block.predicate
            && !self.truth(predicate)
        {
            return false;
        }
        self.scope = block.scope;
        !self.halted
    }

    /// Checks an instance whose predicate holds, and runs its init; false if the run stops.
    pub(super) fn begin_instance(&mut self, block: &'p Block) -> bool {
        if self.checks(Class::BindDom) {
            for iter in block.iters.iter().filter(|i| !i.in_domain) {
                let value = iter.value.widen.apply(self.frame.scalars[iter.slot as usize]);
                self.check_domain(iter, value);
            }
        }
        if block.instances.duplicates && self.minds(Class::BindDup) {
            self.check_duplicate(block);
        }
        let first = block.init.is_some() && self.is_first(block);
        if block.instances.init && self.minds(Class::Init) {
            self.check_init(block, first);
        }
        if self.halted {
            return false;
        }
        self.forget_instances(&self.func.blocks[block.id]);
        block.allocs.iter().for_each(|alloc| self.allocate(alloc));
        if self.checks(Class::Region) {
            self.enter_regions(block);
        }
        for m in &block.matches {
            if !self.halted {
                self.match_region(m);
            }
        }
        if let (Some(init), true) = (&block.init, first) {
            self.exec(init);
        }
        !self.halted
    }
}
