# NMS with one host function for the four coordinates of a box, called for both boxes.
# RUN: check fmt interp run diff
# FUNC: nms
# IN data: float32[1,4,6] 0 0.9 0 0 2 2 0 0.8 0 0 2 1.9 0 0.7 5 5 4 4 1 0.6 0 0 2 2
# OUT keep: 1 0 1 1
from tvm.script import tir as T


def get_box_coordinates(output, batch_idx, box_idx, box_start_idx):
    """a method executed by python interpreter"""
    box_l = T.min(
        output[batch_idx, box_idx, box_start_idx],
        output[batch_idx, box_idx, box_start_idx + 2],
    )
    box_t = T.min(
        output[batch_idx, box_idx, box_start_idx + 1],
        output[batch_idx, box_idx, box_start_idx + 3],
    )
    box_r = T.max(
        output[batch_idx, box_idx, box_start_idx],
        output[batch_idx, box_idx, box_start_idx + 2],
    )
    box_b = T.max(
        output[batch_idx, box_idx, box_start_idx + 1],
        output[batch_idx, box_idx, box_start_idx + 3],
    )
    return box_l, box_t, box_r, box_b


@T.prim_func(capture=[get_box_coordinates])
def nms(data: T.Buffer((1, 4, 6), "float32"), keep: T.Buffer((1, 4), "int32")):
    for i in range(1):
        for j in range(4):
            keep[i, j] = 1
            a_l, a_t, a_r, a_b = get_box_coordinates(data, i, j, 2)
            for k in range(j):
                check_iou = T.if_then_else(keep[i, k] > 0 and data[i, j, 0] == data[i, k, 0], 1, 0)
                if check_iou > 0:
                    b_l, b_t, b_r, b_b = get_box_coordinates(data, i, k, 2)
                    w = T.max(T.float32(0), T.min(a_r, b_r) - T.max(a_l, b_l))
                    h = T.max(T.float32(0), T.min(a_b, b_b) - T.max(a_t, b_t))
                    area = w * h
                    u = (a_r - a_l) * (a_b - a_t) + (b_r - b_l) * (b_b - b_t) - area
                    if area / u > T.float32(0.5):
                        keep[i, j] = 0
