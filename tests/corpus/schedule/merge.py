# Neighbouring nests become one; nests that meet in other iterations, or have something between
# them, do not.
# OUT C: 1 3 5 7
# OUT D: 2 5 8 11
import tvm
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def neighbours(C: T.Buffer((4,), "int32"), D: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("C"):
            vi = T.axis.spatial(4, i)
            C[vi] = vi * 2 + 1
    for i in range(4):
        with T.sblock("D"):
            vi = T.axis.spatial(4, i)
            D[vi] = C[vi] + vi + 1


@T.prim_func(s_tir=True)
def backwards(C: T.Buffer((4,), "int32"), D: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("C"):
            vi = T.axis.spatial(4, i)
            C[vi] = vi
    for i in range(4):
        with T.sblock("D"):
            vi = T.axis.spatial(4, i)
            D[vi] = C[3 - vi]


@T.prim_func(s_tir=True)
def apart(C: T.Buffer((4,), "int32"), D: T.Buffer((4,), "int32"), E: T.Buffer((4,), "int32")):
    for i in range(4):
        with T.sblock("C"):
            vi = T.axis.spatial(4, i)
            C[vi] = vi
    for i in range(4):
        with T.sblock("E"):
            vi = T.axis.spatial(4, i)
            E[vi] = vi
    for i in range(4):
        with T.sblock("D"):
            vi = T.axis.spatial(4, i)
            D[vi] = vi


def merged(func):
    sch = tvm.s_tir.Schedule(func)
    (first,) = sch.get_loops(sch.get_sblock("C"))
    (second,) = sch.get_loops(sch.get_sblock("D"))
    sch.merge(first, second)
    return sch.mod


def refused(func, words):
    try:
        merged(func)
    except tvm.s_tir.ScheduleError as error:
        assert words in str(error), str(error)
        return
    assert False, "not refused"


refused(backwards, "would mix")
refused(apart, "something stands between")
mod = merged(neighbours)
