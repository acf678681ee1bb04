# A predicate whose right side binds a variable: it was lowered as if it had one lane.
# OUT B: 7 5 5 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(B: T.Buffer((4,), "int32")):
    A = T.alloc_buffer((4,), "int32")
    for i in range(4):
        A[i] = i
        B[i] = 5
    for i in range(2):
        t = T.int32()
        B.vstore(
            [T.Ramp(i * 2, 1, 2)],
            T.Broadcast(7, 2),
            predicate=T.And(
                A[T.Ramp(i * 2, 1, 2)] >= T.Broadcast(0, 2),
                A[T.Ramp(T.Let(t, where={t: i * 2}), 1, 2)] % T.Broadcast(3, 2)
                == T.Broadcast(0, 2),
            ),
        )
