# Padding becomes a fill and a copy; what is no padding, or would be filled too late, is refused.
# IN A: int32[4] 1 2 3 4
# OUT B: 7 7 1 2 3 4 7 7
import tvm
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def pad(A: T.Buffer((4,), "int32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("pad"):
            vi = T.axis.spatial(8, i)
            B[vi] = T.if_then_else(2 <= vi and vi < 6, A[vi - 2], 7)


@T.prim_func(s_tir=True)
def by_content(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("pad"):
            vi = T.axis.spatial(8, i)
            B[vi] = T.if_then_else(A[vi] > 0, A[vi], 7)


@T.prim_func(s_tir=True)
def read_before(A: T.Buffer((4,), "int32"), B: T.Buffer((8,), "int32"), C: T.Buffer((8,), "int32")):
    for i in range(8):
        with T.sblock("old"):
            vi = T.axis.spatial(8, i)
            C[vi] = B[vi]
        with T.sblock("pad"):
            vi = T.axis.spatial(8, i)
            B[vi] = T.if_then_else(2 <= vi and vi < 6, A[vi - 2], 7)


def decomposed(func):
    sch = tvm.s_tir.Schedule(func)
    block = sch.get_sblock("pad")
    (i,) = sch.get_loops(block)
    sch.decompose_padding(block, i)
    return sch.mod


def refused(func, words):
    try:
        decomposed(func)
    except tvm.s_tir.ScheduleError as error:
        assert words in str(error), str(error)
        return
    assert False, "not refused"


refused(by_content, "more than bounds of axes")
refused(read_before, "also accesses")
mod = decomposed(pad)
