# The order of a block's axes is no part of the result; an order that leaves an axis out is refused.
# OUT C: 0 1 10 11 20 21
import tvm
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(C: T.Buffer((3, 2), "int32")):
    for i, j in T.grid(3, 2):
        with T.sblock("C"):
            vi, vj = T.axis.remap("SS", [i, j])
            C[vi, vj] = vi * 10 + vj


sch = tvm.s_tir.Schedule(main)
sch.reorder_block_iter_var(sch.get_sblock("C"), [1, 0])
try:
    sch.reorder_block_iter_var(sch.get_sblock("C"), [1])
except tvm.s_tir.ScheduleError:
    mod = sch.mod
