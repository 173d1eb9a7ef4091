import Imaging

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
    func payload(_ places: PlaceNamer) -> [ViewerPayload.Space] {
        var boxes: [Grid: VoxelBox] = [:]
        for (grid, some) in Dictionary(grouping: masks, by: \.grid) { boxes[grid] = VoxelBox(some) }
        return masks.enumerated().compactMap { number, mask in
            guard let box = boxes[mask.grid] else { return nil }
            var space = ViewerPayload.Space(
                shape: [box.shape.x, box.shape.y, box.shape.z], affine: box.affine,
                runs: ViewerPayload.base64(Self.packed(box.runs(of: mask))))
            // Voxels of the anatomy alone are never asked for their name.
            if number > 0 || masks.count == 1, let (names, labels) = Self.labels(mask, places) {
                space.names = names
                space.labels = ViewerPayload.Map(QuantisedMap(labels, step: 1))
            }
            return space
        }
    }

    private static func packed(_ runs: [UInt32]) -> [UInt8] {
        Gzip.compress(runs.flatMap { run in (0..<4).map { UInt8(run >> (8 * UInt32($0)) & 255) } })
    }

    /// The distinct names of a mask's voxels, and which each voxel has; nil without an atlas.
    private static func labels(_ mask: Mask, _ places: PlaceNamer) -> (names: [String], labels: [Float])? {
        var names: [String] = []
        var numbers: [String: Int] = [:]
        let labels = (0..<mask.count).map { position -> Float in
            let name = places.line(mask.world(at: position))
            if let number = numbers[name] { return Float(number) }
            numbers[name] = names.count
            names.append(name)
            return Float(names.count - 1)
        }
        return names.contains { !$0.isEmpty } ? (names, labels) : nil
    }
}
