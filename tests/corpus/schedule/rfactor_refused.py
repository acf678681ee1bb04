# Steps that would change the result are refused: a partial result that was never written, ties in
# another order, a sum that starts from something else than 0, a spatial loop.
# RUN: check
import tvm
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def argmax(A: T.Buffer((8,), "int32"), best: T.Buffer((), "int32"), key: T.Buffer((), "int32")):
    for k in range(8):
        with T.sblock("best"):
            vk = T.axis.reduce(8, k)
            with T.init():
                best[()] = -1
                key[()] = T.min_value("int32")
            v_best: T.let[T.int32] = T.Select(key[()] >= A[vk], best[()], vk)
            v_key: T.let[T.int32] = T.Select(key[()] >= A[vk], key[()], A[vk])
            best[()] = v_best
            key[()] = v_key


@T.prim_func(s_tir=True)
def rows(A: T.Buffer((4, 8), "int32"), B: T.Buffer((4,), "int32")):
    for i, k in T.grid(4, 8):
        with T.sblock("B"):
            vi, vk = T.axis.remap("SR", [i, k])
            with T.init():
                B[vi] = 0
            B[vi] = B[vi] + A[vi, vk]


@T.prim_func(s_tir=True)
def tail(A: T.Buffer((10,), "int32"), B: T.Buffer((), "int32")):
    for k0, k1 in T.grid(4, 4):
        with T.sblock("B"):
            vk = T.axis.reduce(10, k0 * 4 + k1)
            T.where(k0 * 4 + k1 < 10)
            with T.init():
                B[()] = 0
            B[()] = B[()] + A[vk]


@T.prim_func(s_tir=True)
def from_one(A: T.Buffer((8,), "int32"), B: T.Buffer((), "int32")):
    for k in range(8):
        with T.sblock("B"):
            vk = T.axis.reduce(8, k)
            with T.init():
                B[()] = 1
            B[()] = B[()] + A[vk]


def refused(func, block, split, which, word):
    sch = tvm.s_tir.Schedule(func)
    loops = sch.get_loops(sch.get_sblock(block))
    if split:
        loops = sch.split(loops[-1], [None, split])
    try:
        sch.rfactor(loops[which], 0)
    except tvm.s_tir.ScheduleError as error:
        assert word in str(error), str(error)
    else:
        assert False, "this must be refused"


refused(argmax, "best", 4, 1, "order")
refused(tail, "B", 0, 0, "leave out")
refused(rows, "B", 0, 0, "spatial axis")
refused(from_one, "B", 0, 0, "init")
