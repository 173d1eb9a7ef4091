extension LabelAtlas {
    /// A place for each region, MNI mm, by its number: the voxel of the region that is nearest to its centre of gravity, so that
    /// it lies inside even of a region of two halves or a ring.
    public var centres: [Int: SIMD3<Double>] {
        var sums = [SIMD3<Double>](repeating: .zero, count: regions.count)
        var counts = [Double](repeating: 0, count: regions.count)
        eachVoxel { region, place in
            sums[region] += place
            counts[region] += 1
        }
        var best = [(place: SIMD3<Double>, squared: Double)](repeating: (.zero, .infinity), count: regions.count)
        eachVoxel { region, place in
            let away = place - sums[region] / counts[region]
            let squared = (away * away).sum()
            if squared < best[region].squared { best[region] = (place, squared) }
        }
        return Dictionary(uniqueKeysWithValues: regions.indices.map { (regions[$0].id, best[$0].place) })
    }

    /// Position in ``regions`` and place of every labelled voxel.
    private func eachVoxel(_ body: (Int, SIMD3<Double>) -> Void) {
        for z in 0..<grid.shape[2] {
            for y in 0..<grid.shape[1] {
                for x in 0..<grid.shape[0] {
                    let label = labels[grid.index(x, y, z)]
                    if label != 0 { body(Int(label) - 1, grid.world([x, y, z])) }
                }
            }
        }
    }
}
