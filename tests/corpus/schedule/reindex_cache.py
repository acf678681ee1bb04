# Copies laid out by the axes of the block that reads or writes; what is no box, or is read too
# early, is refused.
# IN A: int32[2,4] 1 2 3 4 5 6 7 8
# OUT C: 3 5 7 9 11 13 15 17
import tvm
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def two(A: T.Buffer((2, 4), "int32"), C: T.Buffer((2, 4), "int32")):
    B = T.sblock_alloc_buffer((2, 4), "int32")
    for i, j in T.grid(2, 4):
        with T.sblock("B"):
            vi, vj = T.axis.remap("SS", [i, j])
            B[vi, vj] = A[vi, vj] * 2
    for i, j in T.grid(2, 4):
        with T.sblock("C"):
            vi, vj = T.axis.remap("SS", [i, j])
            C[vi, vj] = B[vi, vj] + 1


@T.prim_func(s_tir=True)
def shifted(A: T.Buffer((8,), "int32"), C: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("C"):
            vi = T.axis.spatial(8, i)
            C[vi] = T.if_then_else(vi > 0, A[vi - 1], 0)


@T.prim_func(s_tir=True)
def rows(A: T.Buffer((2,), "int32"), C: T.Buffer((2, 4), "int32")):
    for i, j in T.grid(2, 4):
        with T.sblock("C"):
            vi, vj = T.axis.remap("SS", [i, j])
            C[vi, vj] = A[vi]


@T.prim_func(s_tir=True)
def old(B: T.Buffer((4,), "int32"), C: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("before"):
            vi = T.axis.spatial(4, i)
            C[vi] = B[(vi + 3) % 4]
        with T.sblock("B"):
            vi = T.axis.spatial(4, i)
            B[vi] = vi


def refused(func, step, words):
    try:
        step(tvm.s_tir.Schedule(func))
    except tvm.s_tir.ScheduleError as error:
        assert words in str(error), str(error)
        return
    assert False, "not refused"


refused(
    two, lambda sch: sch.reindex_cache_read("C", 0, "local", lambda i, j: (i * 8 + j,)), "leaves gaps"
)
refused(two, lambda sch: sch.reindex_cache_write("B", 0, "local", lambda i, j: i), "leaves gaps")
refused(two, lambda sch: sch.reindex_cache_read("C", 0, "local", lambda i: i), "takes 1 indices")
# Only a condition keeps the read inside, and the copy has none.
refused(shifted, lambda sch: sch.reindex_cache_read("C", 0, "local", lambda i: i), "read inside of `A`")
# Each row is read by four instances, and copied once.
refused(
    old, lambda sch: sch.reindex_cache_write("B", 0, "local", lambda i: i), "a block before it reads"
)
once = tvm.s_tir.Schedule(rows)
once.reindex_cache_read("C", 0, "local", lambda i, j: i)
assert len(once.get_loops("A_local")) == 1
sch = tvm.s_tir.Schedule(two)
sch.reindex_cache_read("C", 0, "local", lambda i, j: (j // 2, i, j % 2))
sch.reindex_cache_write("B", 0, "local", lambda i, j: (j, i))
mod = sch.mod
