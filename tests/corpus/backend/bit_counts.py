# Bits of consecutive numbers, in a loop and in lanes: gcc 12.2 at -O3 counts the bits of 2 as 1 and
# of 3 as 3 where it finds an instruction for it, in a loop that clears bits or in the usual formula.
# OUT P: 0 1 1 2
# OUT V: 0 1 1 2
# OUT Q: 1 2 2 3 2
# OUT L: 63 62 62 61
# OUT Z: 0 1 0 2
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    P: T.Buffer((4,), "int64"),
    V: T.Buffer((4,), "int64"),
    Q: T.Buffer((5,), "uint64"),
    L: T.Buffer((4,), "int64"),
    Z: T.Buffer((4,), "int64"),
):
    for i in T.serial(T.int64(4)):
        P[i] = T.popcount(i)
    V[0:4] = T.popcount(T.Ramp(T.int64(0), T.int64(1), 4))
    for i in range(5):
        Q[i] = T.popcount(T.Cast("uint64", i)) + T.uint64(1)
    for i in T.serial(T.int64(4)):
        L[i] = T.clz(i + T.int64(1))
    for i in T.serial(T.int64(4)):
        Z[i] = T.call_intrin("int64", "tirx.ctz", i + T.int64(1))
