# Copies in other memory, and an init of its own, keep the result.
# IN A: int32[4,8] 1 2 3 4 5 6 7 8 1 1 1 1 1 1 1 1 2 2 2 2 2 2 2 2 0 0 0 0 0 0 0 9
# OUT C: 36 8 16 9
import tvm
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), C: T.Buffer((4,), "int32")):
    B = T.sblock_alloc_buffer((4,), "int32")
    for i, k in T.grid(4, 8):
        with T.sblock("sum"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                B[vi] = 0
            B[vi] = B[vi] + A[vi, vk]
    for i in range(4):
        with T.sblock("copy"):
            vi = T.axis.spatial(4, i)
            C[vi] = B[vi]


sch = tvm.s_tir.Schedule(main)
total = sch.get_sblock("sum")
sch.cache_read(total, 0, "local")
written = sch.cache_write(total, 0, "shared")
sch.cache_read(sch.get_sblock("copy"), 0, "local")
i, k = sch.get_loops(total)
sch.reverse_compute_at(written, i)
init = sch.decompose_reduction(total, k)
sch.annotate(init, "pragma", 1)
sch.unannotate(init, "pragma")
mod = sch.mod
