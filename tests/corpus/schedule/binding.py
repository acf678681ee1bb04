# A script schedules the function it defines; a refused step leaves the schedule as it was.
# IN A: float32[8] 1 2 3 4 5 6 7 8
# OUT C: 3 5 7 9 11 13 15 17
import tvm
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def twice(A: T.Buffer((8,), "float32"), C: T.Buffer((8,), "float32")):
    B = T.sblock_alloc_buffer((8,), "float32")
    for i in range(8):
        with T.sblock("B"):
            vi = T.axis.spatial(8, i)
            B[vi] = A[vi] * 2.0
    for i in range(8):
        with T.sblock("C"):
            vi = T.axis.spatial(8, i)
            C[vi] = B[vi] + 1.0


sch = tvm.s_tir.Schedule(twice)
block = sch.get_sblock("B")
try:
    sch.set_scope(block, 0, "nowhere")
except tvm.s_tir.ScheduleError:
    pass
sch.transform_layout(block, ("write", 0), lambda i: (i // 4, i % 4))
sch.transform_block_layout("C", lambda i: (i // 4, i % 4))
mod = sch.mod
