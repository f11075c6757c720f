
var<workgroup> pairs: array<vec2<f32>, IMAGES_PER_GROUP>;

// The sum of the pairs of a workgroup's invocations, for the first of them; the others get 0.
fn workgroup_sum(pair: vec2<f32>, invocation: u32) -> vec2<f32> {
    pairs[invocation] = pair;
    workgroupBarrier();
    var sum = vec2<f32>();
    if (invocation == 0u) {
        for (var i = 0u; i < IMAGES_PER_GROUP; i++) {
            sum += pairs[i];
        }
    }
    return sum;
}
