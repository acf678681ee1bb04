# A window that moves over a buffer keeps what it has; what depends on more than the place, or is
# written again while the window moves, is refused.
# IN A: int32[12] 1 2 3 4 5 6 7 8 9 10 11 12
# OUT C: 6 9 12 15 18 21 24 27
import tvm
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def two_sums(A: T.Buffer((12,), "int32"), C: T.Buffer((8,), "int32")):
    B = T.sblock_alloc_buffer((10,), "int32")
    for i in range(10):
        with T.sblock("B"):
            vi = T.axis.spatial(10, i)
            B[vi] = A[vi]
    for i, k in T.grid(8, 3):
        with T.sblock("C"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                C[vi] = 0
            C[vi] = C[vi] + B[vi + vk]


@T.prim_func(s_tir=True)
def by_iteration(A: T.Buffer((12,), "int32"), C: T.Buffer((8,), "int32")):
    B = T.sblock_alloc_buffer((10,), "int32")
    for io in range(2):
        for ax in range(6):
            with T.sblock("B"):
                vi = T.axis.spatial(10, io * 4 + ax)
                vo = T.axis.spatial(2, io)
                B[vi] = A[vi] * vo
        for i in range(4):
            with T.sblock("C"):
                vi = T.axis.spatial(8, io * 4 + i)
                C[vi] = B[vi] + B[vi + 2]


@T.prim_func(s_tir=True)
def changing_input(A: T.Buffer((12,), "int32"), C: T.Buffer((8,), "int32")):
    B = T.sblock_alloc_buffer((10,), "int32")
    for io in range(2):
        for ax in range(6):
            with T.sblock("B"):
                vi = T.axis.spatial(10, io * 4 + ax)
                B[vi] = A[vi]
        for i in range(4):
            with T.sblock("C"):
                vi = T.axis.spatial(8, io * 4 + i)
                C[vi] = B[vi] + B[vi + 2]
        for i in range(12):
            with T.sblock("A"):
                vi = T.axis.opaque(12, i)
                A[vi] = A[vi] + 1


@T.prim_func(s_tir=True)
def at_the_same_time(A: T.Buffer((12,), "int32"), C: T.Buffer((8,), "int32")):
    B = T.sblock_alloc_buffer((10,), "int32")
    for io in T.parallel(2):
        for ax in range(6):
            with T.sblock("B"):
                vi = T.axis.spatial(10, io * 4 + ax)
                B[vi] = A[vi]
        for i in range(4):
            with T.sblock("C"):
                vi = T.axis.spatial(8, io * 4 + i)
                C[vi] = B[vi] + B[vi + 2]


@T.prim_func(s_tir=True)
def rolled_two_sums(A: T.Buffer((12,), "int32"), C: T.Buffer((8,), "int32")):
    B = T.sblock_alloc_buffer((6,), "int32")
    for i_0 in range(2):
        for ax0 in range(6):
            with T.sblock("B"):
                T.where(i_0 < 1 or 2 <= ax0)
                vi = T.axis.opaque(10, i_0 * 4 + ax0)
                B[vi % 6] = A[vi]
        for i_1, k in T.grid(4, 3):
            with T.sblock("C"):
                vi = T.axis.opaque(8, i_0 * 4 + i_1)
                vk = T.axis.reduce(3, k)
                with T.init():
                    C[vi] = 0
                C[vi] = C[vi] + B[(vi + vk) % 6]


def refused(func, words):
    sch = tvm.s_tir.Schedule(func)
    try:
        sch.rolling_buffer(sch.get_sblock("B"), 0)
    except tvm.s_tir.ScheduleError as error:
        assert words in str(error), str(error)
        return
    assert False, "not refused"


refused(two_sums, "moves a window that overlaps")
refused(by_iteration, "axis `vo` changes from window to window")
refused(changing_input, "is written while the window moves")
refused(at_the_same_time, "has to run in order")
sch = tvm.s_tir.Schedule(two_sums)
i, k = sch.get_loops("C")
io, ii = sch.split(i, [None, 4])
sch.compute_at("B", io)
sch.rolling_buffer("B", 0)
tvm.ir.assert_structural_equal(
    sch.mod["main"].with_attr("global_symbol", "f"), rolled_two_sums.with_attr("global_symbol", "f")
)
mod = sch.mod
