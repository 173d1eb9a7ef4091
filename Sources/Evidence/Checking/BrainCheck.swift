package import Imaging

/// Peaks against the brain: how far outside, and whether flipped axes explain it.
package struct BrainCheck {
    /// mm from the nearest brain voxel up to which a peak is only noted.
    static let tolerance = 4.0
    /// mm outside from which a flip is looked for. The brain is so nearly symmetric that a flip mends most small slips
    /// by chance.
    static let flipDistance = 8.0

    private let mask: Mask
    /// Centres of the voxels on the brain's surface, mm.
    ///
    /// Only they can be the nearest of a point outside: from a voxel whose six neighbours are brain, one of these lies nearer. (The axes
    /// of a grid are at right angles.) They are a small part, which tells where a database has
    /// tens of thousands of such peaks.
    private let surface: [SIMD3<Float>]

    package init(_ mask: Mask) {
        self.mask = mask
        let shape = mask.grid.shape
        let steps = [1, shape.x, shape.x * shape.y]
        let inside = mask.position
        surface = mask.voxels.filter { voxel in
            let place = mask.grid.voxel(atIndex: Int(voxel))
            return (0..<3).contains { axis in
                place[axis] == 0 || place[axis] == shape[axis] - 1
                    || inside[Int(voxel) - steps[axis]] < 0 || inside[Int(voxel) + steps[axis]] < 0
            }
        }.map { SIMD3<Float>(mask.grid.world(atIndex: Int($0))) }
    }

    func notices(_ experiment: Experiment) -> [Notice] {
        guard !surface.isEmpty else { return [] }
        var notices: [Notice] = []
        var farthest = 0.0
        for peak in experiment.peaks {
            let distance = distance(to: peak.mni)
            guard distance > 0 else { continue }
            let mm = NumberText.text(distance.rounded(digits: distance < 10 ? 1 : 0))
            let isFar = distance > Self.tolerance
            farthest = max(farthest, distance)
            notices.append(
                Notice(
                    isFar ? .warning : .note, code: "peak-outside-brain", at: peak.source,
                    "\(peak.coordinate.inWords) (\(peak.space.rawValue)) of experiment \"\(experiment.id)\" lies \(mm) mm "
                        + "outside the brain.",
                    remedy: isFar ? "Check the coordinate, its signs and its space against the paper." : nil))
        }
        if farthest > Self.flipDistance, let flip = flip(experiment.peaks) {
            notices.append(
                Notice(
                    .warning, code: "axes-flipped", at: experiment.peaks.first?.source,
                    "peaks of experiment \"\(experiment.id)\" lie outside the brain; with \(flip) negated all "
                        + "\(experiment.peaks.count) are inside.",
                    remedy: "Check the axis convention of the paper (AFNI prints RAI: x and y negated) and change the "
                        + "sign of \(flip) in the whole table."))
        }
        return notices
    }

    /// The fewest axes whose negation puts every peak inside, in words.
    private func flip(_ peaks: [Peak]) -> String? {
        let candidates: [(String, SIMD3<Double>)] = [
            ("x", [-1, 1, 1]), ("y", [1, -1, 1]), ("z", [1, 1, -1]), ("x and y", [-1, -1, 1]),
            ("x and z", [-1, 1, -1]), ("y and z", [1, -1, -1]), ("x, y and z", [-1, -1, -1]),
        ]
        return candidates.first { _, signs in
            peaks.allSatisfy { peak in
                let mni = peak.space.toMNI(peak.coordinate * signs)
                return distance(to: mni) <= Self.tolerance
            }
        }?.0
    }

    /// mm from the centre of the nearest brain voxel; 0 when the point's own voxel is brain.
    package func distance(to point: SIMD3<Double>) -> Double {
        if let voxel = mask.grid.nearestVoxel(to: point), mask.contains(voxel) { return 0 }
        let point = SIMD3<Float>(point)
        var nearest = Float.infinity
        for centre in surface {
            let d = centre - point
            let square = d.x * d.x + d.y * d.y + d.z * d.z
            if square < nearest { nearest = square }
        }
        return Double(nearest.squareRoot())
    }
}
