
var<workgroup> pairs: array<vec2<f32>, LANES>;

// The sum of a workgroup's pairs, in its first lane; the others get nothing.
fn sum_of_lanes(pair: vec2<f32>, lane: u32) -> vec2<f32> {
    pairs[lane] = pair;
    workgroupBarrier();
    var sum = vec2<f32>();
    if (lane == 0u) {
        for (var i = 0u; i < LANES; i++) {
            sum += pairs[i];
        }
    }
    return sum;
}
