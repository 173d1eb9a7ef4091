import Imaging
import Inference

/// The spaces of a page: one per mask, the anatomy's first. Masks of one grid share a box.
struct ViewerSpaces {
    private(set) var masks: [Mask]

    /// - Parameters:
    ///   - anatomy: of the T1 image.
    ///   - models: of every model.
    init(anatomy: Mask, models: [Mask]) {
        masks = [anatomy]
        for mask in models where !masks.contains(mask) { masks.append(mask) }
    }

    func index(of mask: Mask) -> Int { masks.firstIndex(of: mask) ?? 0 }

    /// - Parameter places: names the voxels of the models' masks.
    func payload(_ places: PlaceNamer, _ workers: Workers) -> [ViewerPayload.Space] {
        var boxes: [Grid: VoxelBox] = [:]
        for (grid, some) in Dictionary(grouping: masks, by: \.grid) { boxes[grid] = VoxelBox(some) }
        return masks.enumerated().compactMap { number, mask in
            guard let box = boxes[mask.grid] else { return nil }
            var space = ViewerPayload.Space(
                shape: [box.shape.x, box.shape.y, box.shape.z], affine: box.affine,
                runs: ViewerPayload.base64(Self.packed(box.runs(of: mask))))
            // Voxels of the anatomy alone are never asked for their name.
            if number > 0 || masks.count == 1, let (names, labels) = Self.labels(mask, places, workers) {
                space.names = names
                space.labels = ViewerPayload.Map(QuantisedMap(labels, step: 1))
            }
            return space
        }
    }

    private static func packed(_ runs: [UInt32]) -> [UInt8] {
        Gzip.compress(runs.flatMap { run in (0..<4).map { UInt8(run >> (8 * UInt32($0)) & 255) } })
    }

    /// Voxels that one thread names at a time.
    private static let stretch = 8192

    /// The distinct names of a mask's voxels, in the order in which they are first met, and which each voxel has; nil without an
    /// atlas.
    private static func labels(
        _ mask: Mask, _ places: PlaceNamer, _ workers: Workers
    ) -> (names: [String], labels: [Float])? {
        let parts = workers.results((mask.count + stretch - 1) / stretch) { part in
            let positions = part * stretch..<min((part + 1) * stretch, mask.count)
            return DistinctNames(positions.map { places.line(mask.world(at: $0)) })
        }
        var all = DistinctNames([])
        for part in parts { all.append(part) }
        return all.names.contains { !$0.isEmpty } ? (all.names, all.numbers.map(Float.init)) : nil
    }
}

/// A list of names as the different ones among them, and a number for each.
private struct DistinctNames: Sendable {
    private(set) var names: [String] = []
    private(set) var numbers: [Int] = []
    private var known: [String: Int] = [:]

    init(_ all: [String]) {
        for name in all { numbers.append(number(name)) }
    }

    mutating func append(_ other: Self) {
        var own: [Int] = []
        for name in other.names { own.append(number(name)) }
        numbers += other.numbers.map { own[$0] }
    }

    private mutating func number(_ name: String) -> Int {
        if let number = known[name] { return number }
        known[name] = names.count
        names.append(name)
        return names.count - 1
    }
}
