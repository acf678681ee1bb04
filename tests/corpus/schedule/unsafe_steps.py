# Steps that random schedules found to change a result, each refused now: see the comments.
# RUN: check
import tvm
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def matmul(A: T.Buffer((5, 6), "int32"), B: T.Buffer((6, 4), "int32"), D: T.Buffer((5, 4), "int32")):
    C = T.sblock_alloc_buffer((5, 4), "int32")
    for i, j, k in T.grid(5, 4, 6):
        with T.sblock("C"):
            vi, vj, vk = T.axis.remap("SSR", [i, j, k])
            with T.init():
                C[vi, vj] = 0
            C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]
    for i, j in T.grid(5, 4):
        with T.sblock("D"):
            vi, vj = T.axis.remap("SS", [i, j])
            D[vi, vj] = T.max(C[vi, vj], 0)


@T.prim_func(s_tir=True)
def padded(X: T.Buffer((6, 6), "int32"), Y: T.Buffer((6, 6), "int32")):
    Z = T.sblock_alloc_buffer((6, 6), "int32")
    P = T.sblock_alloc_buffer((8, 8), "int32")
    for y, x in T.grid(6, 6):
        with T.sblock("Z"):
            vy, vx = T.axis.remap("SS", [y, x])
            Z[vy, vx] = X[vy, vx] + 1
    for y, x in T.grid(8, 8):
        with T.sblock("P"):
            vy, vx = T.axis.remap("SS", [y, x])
            P[vy, vx] = T.if_then_else(
                1 <= vy and vy < 7 and 1 <= vx and vx < 7, Z[vy - 1, vx - 1], 0
            )
    for y, x, i, j in T.grid(6, 6, 3, 3):
        with T.sblock("Y"):
            vy, vx, vi, vj = T.axis.remap("SSRR", [y, x, i, j])
            with T.init():
                Y[vy, vx] = 0
            Y[vy, vx] = Y[vy, vx] + P[vy + vi, vx + vj]


@T.prim_func(s_tir=True)
def recurrence(A: T.Buffer((3, 8), "int32"), B: T.Buffer((3, 8), "int32")):
    for i, j in T.grid(3, 8):
        with T.sblock("B"):
            vi, vj = T.axis.remap("SS", [i, j])
            T.reads(A[vi, vj], B[vi, T.max(vj - 1, 0)])
            T.writes(B[vi, vj])
            B[vi, vj] = A[vi, vj] + T.if_then_else(vj > 0, B[vi, T.max(vj - 1, 0)], 0)


@T.prim_func(s_tir=True)
def stages(A: T.Buffer((4,), "int32"), C: T.Buffer((4,), "int32"), E: T.Buffer((4,), "int32")):
    B = T.sblock_alloc_buffer((4,), "int32")
    for i in range(4):
        with T.sblock("B"):
            vi = T.axis.spatial(4, i)
            B[vi] = A[vi]
    for i in range(4):
        with T.sblock("C"):
            vi = T.axis.spatial(4, i)
            C[vi] = B[vi]
    for i in range(4):
        with T.sblock("E"):
            vi = T.axis.spatial(4, i)
            E[vi] = A[vi]


def refused(func, step, words):
    sch = tvm.s_tir.Schedule(func)
    try:
        step(sch)
    except tvm.s_tir.ScheduleError as error:
        assert words in str(error), str(error)
        return
    assert False, "not refused: " + words


# Two loops of a nest on one thread axis run through its diagonal.
def bind_twice(sch):
    i, j = sch.get_loops(sch.get_sblock("D"))
    sch.bind(i, "blockIdx.x")
    sch.bind(j, "blockIdx.x")


refused(matmul, bind_twice, "is bound to `blockIdx.x` already")


# The loop over both would run the init again for every step of the reduction.
def decompose_fused(sch):
    block = sch.get_sblock("C")
    i, j, k = sch.get_loops(block)
    sch.decompose_reduction(block, sch.fuse(j, k))


refused(matmul, decompose_fused, "at once")


# What is still being summed is no sum.
def consume_unfinished(sch):
    i, j, k = sch.get_loops(sch.get_sblock("C"))
    sch.reverse_compute_at(sch.get_sblock("D"), k)


refused(matmul, consume_unfinished, "has not finished")

# A block does not move behind its reader.
refused(
    stages,
    lambda sch: sch.reverse_compute_at(sch.get_sblock("B"), sch.get_loops(sch.get_sblock("E"))[0]),
    "stands before the end of the loop",
)


# The instances that pad read nothing, and run all the same.
def lose_padding(sch):
    y, x = sch.get_loops(sch.get_sblock("Z"))
    sch.reverse_compute_at(sch.get_sblock("P"), y)


refused(padded, lose_padding, "not all instances")

# Windows overlap: no instance is the only one that reads a place.
refused(
    padded,
    lambda sch: (sch.reindex("Y", ("read", 0)), sch.reverse_compute_inline("P_reindex_reindex")),
    "no one-to-one map",
)

# Without the condition around it, the access is outside.
refused(padded, lambda sch: sch.reindex("P", ("read", 0)), "may reach outside")

# Instances that read what others wrote keep their order, and find it in one place.
refused(
    recurrence, lambda sch: sch.transform_block_layout("B", lambda i, j: (j, i)), "what others write"
)
refused(recurrence, lambda sch: sch.cache_write("B", 0, "global"), "goes on from")

# 4 * i + j is not one-to-one where j goes up to 5; i // 4 and i % 4 are more than i.
refused(
    matmul,
    lambda sch: sch.transform_layout("C", ("write", 0), lambda i, j: (i * 2 + j,), pad_value=0),
    "fewer elements",
)
refused(
    matmul, lambda sch: sch.transform_block_layout("D", lambda i, j: (i // 4, j, i % 4)), "the map"
)


@T.prim_func(s_tir=True)
def guarded(A: T.Buffer((6, 4), "int32"), B: T.Buffer((4, 2, 4), "int32")):
    M = T.sblock_alloc_buffer((6, 4), "int32")
    for i, j in T.grid(6, 4):
        with T.sblock("M"):
            vi, vj = T.axis.remap("SS", [i, j])
            M[vi, vj] = A[vi, vj]
    for i, j, k in T.grid(4, 2, 4):
        with T.sblock("B"):
            vi, vj, vk = T.axis.remap("SSS", [i, j, k])
            B[vi, vj, vk] = T.if_then_else(vj == 1 and 2 <= vk, 0, M[vj * 4 + vk, vi])


# The instances of B that read nothing of M would be lost.
refused(guarded, lambda sch: sch.reverse_compute_inline("B"), "read inside of `M`")


@T.prim_func(s_tir=True)
def shifted(A: T.Buffer((6,), "int32"), P: T.Buffer((8,), "int32")):
    G = T.sblock_alloc_buffer((6,), "int32")
    for y in range(8):
        for u in range(1):
            with T.sblock("G"):
                vy = T.axis.spatial(6, y - 1 + u)
                T.where(1 <= y and y < 7)
                G[vy] = A[vy]
    for y in range(8):
        with T.sblock("P"):
            vy = T.axis.spatial(8, y)
            P[vy] = T.if_then_else(1 <= vy and vy < 7, G[vy - 1], 0)


# And so would those of P that pad, where G runs under a condition.
refused(
    shifted,
    lambda sch: sch.reverse_compute_at("P", sch.get_loops("G")[0], preserve_unit_loops=True),
    "read inside of `G`",
)


@T.prim_func(s_tir=True)
def stray(A: T.Buffer((8,), "int32"), C: T.Buffer((4,), "int32"), D: T.Buffer((1,), "int32")):
    B = T.sblock_alloc_buffer((8,), "int32")
    for io in range(2):
        for ax in range(4):
            with T.sblock("B"):
                vi = T.axis.spatial(6, io * 2 + ax)
                B[vi] = A[vi]
        for i in range(2):
            with T.sblock("C"):
                vi = T.axis.spatial(4, io * 2 + i)
                C[vi] = B[vi] + B[vi + 2]
    D[0] = B[0]


# What stands in no block reads what a moved or narrowed buffer no longer holds.
refused(stray, lambda sch: sch.rolling_buffer("B", 0), "outside of blocks")
refused(stray, lambda sch: sch.cache_write("B", 0, "local"), "outside of blocks")
refused(stray, lambda sch: sch.reverse_compute_inline("C"), "outside of blocks")
