
// The sums that the workgroups of the kernel before left for a channel, added up: for the first invocation of a workgroup;
// the others get 0.
fn channel_sum(channel: u32, invocation: u32) -> vec2<f32> {
    var sum = vec2<f32>();
    for (var part = invocation; part < SUMS_PER_CHANNEL; part += IMAGES_PER_GROUP) {
        let at = (channel * SUMS_PER_CHANNEL + part) * 2u;
        sum += vec2<f32>(channel_sums[at], channel_sums[at + 1u]);
    }
    return workgroup_sum(sum, invocation);
}
