public import Imaging
public import Statistics

/// Moves every sample's peaks to places that have nothing to do with those of other samples.
///
/// Each peak goes to a place of its sample's search volume, at least 8 mm from the sample's others (30 tries; then the last
/// place is taken); heights, signs and numbers of peaks stay. Experiments of one sample are no independent witnesses: what is
/// near to one another in them stays so. Where their lists of coordinates are identical, their peaks move by the same draws;
/// else peaks of different experiments nearer than 15 mm are one *site*, which moves as a rigid whole.
///
/// (The prototype moved all experiments of such a sample as one rigid constellation. A constellation as wide as the brain has
/// hardly a second place in it; what two kernels of one sample add up to is decided by peaks that are near, and these stay
/// together.)
///
/// Where there are fewer start points than voxels, peaks of two samples would meet in one voxel too often, and the largest
/// statistics of relocations would be too large (at 2 mm, 50 studies and 2,048 start points by .8 in z). A start point that
/// another sample has is therefore drawn again, but for the share of cases in which the two would have met anyway. (What then is
/// left of the error, .3, is that of a few fixed places; with 8,192 it is below what 40 sets of peaks can show.)
///
/// A draw depends only on the seed, the sample's name, the number of the relocation, the site and the try (and, with fewer start
/// points than voxels, on the samples before).
public struct Relocation: Sendable {
    /// Peaks that move as one.
    struct Site: Sendable {
        /// Experiment, peak, and where it is from the first of them (mm).
        var members: [(experiment: Int, peak: Int, offset: SIMD3<Double>)]
        var isInside: Bool
    }

    struct Sample: Sendable {
        var sites: [Site]
        var random: Philox
        var inside: Int
        var outside: Int

        /// - Parameters:
        ///   - own: its experiments.
        ///   - voxels: of peaks, by experiment; nil for those that are not used.
        ///   - inside: the search volume of its peaks within the mask.
        init(
            _ own: [Int], studies: [AgreementStudy], voxels: [[Int?]], space: AnalysisSpace, seed: UInt64, inside: Int
        ) {
            let domain = space.template.domain
            sites = Relocation.sites(own, studies: studies, voxels: voxels, domain: domain) {
                space.mask.position[Int(domain.voxels[$0])] >= 0
            }
            random = Philox(seed: seed, name: studies[own[0]].sample, purpose: 10)
            self.inside = inside
            outside = 1
        }
    }

    /// Least distance between a sample's sites, mm, and how often a place that is nearer is drawn again.
    public static let separation = 8.0
    public static let tries = 30
    /// Peaks of different experiments of a sample that are nearer than this (mm) move together.
    public static let link = 15.0

    let start: StartPoints
    /// How likely two peaks at one start point would be in one voxel if there were a start point in every voxel.
    let coincidence: Double
    let samples: [Sample]
    let volumes: [SearchVolume]
    var places: any RelocationPlaces
    /// Start points, then one kernel for every other voxel that an observed peak is at.
    let kernelVoxels: [Int32]
    /// By experiment and peak: kernel of the observed place, −1 for a peak too far from the template to be used.
    let observed: [[Int32]]

    /// - Parameters:
    ///   - studies: all experiments of the analysis; those given as maps stay in place.
    ///   - startPoints: most places inside the mask that kernels are made for.
    public init(
        _ studies: [AgreementStudy], space: AnalysisSpace, kernel: PeakKernel, places: any RelocationPlaces,
        startPoints: Int, seed: UInt64
    ) {
        let domain = space.template.domain
        func isInMask(_ voxel: Int) -> Bool { space.mask.position[Int(domain.voxels[voxel])] >= 0 }
        let voxels = studies.map { study in
            study.map == nil
                ? study.peaks.map { Self.voxel(of: $0.coordinate, kernel: kernel, isInMask: isInMask) } : []
        }
        let hasOutside = voxels.contains { $0.contains { $0.map { !isInMask($0) } ?? false } }
        let start = StartPoints(
            space, inside: startPoints, outside: hasOutside ? max(1, startPoints / 4) : 0, seed: seed)
        self.start = start
        self.places = places
        coincidence = Self.coincidence(start, space.mask)

        // Kernels of observed places that are not start points come after these.
        var kernelOf = [Int32: Int32](minimumCapacity: start.voxels.count)
        var kernelVoxels = start.voxels
        for (index, voxel) in start.voxels.enumerated() { kernelOf[voxel] = Int32(index) }
        observed = voxels.map { peaks in
            peaks.map { voxel in
                guard let voxel = voxel.map({ Int32($0) }) else { return -1 }
                if let known = kernelOf[voxel] { return known }
                let index = Int32(kernelVoxels.count)
                kernelOf[voxel] = index
                kernelVoxels.append(voxel)
                return index
            }
        }
        self.kernelVoxels = kernelVoxels

        // Search volumes: the mask, one for every other coverage, and the template outside the mask.
        var volumes = [
            SearchVolume(start, candidates: start.inside, graph: kernel.graph, contains: isInMask),
            SearchVolume(start, candidates: start.outside, graph: kernel.graph) { !isInMask($0) },
        ]
        var volumeOf: [[Bool]: Int] = [:]
        func volume(_ coverage: [Bool]?) -> Int {
            guard let coverage, coverage.count == space.mask.count else { return 0 }
            if let known = volumeOf[coverage] { return known }
            let volume = SearchVolume(start, candidates: start.inside, graph: kernel.graph) {
                let position = space.mask.position[Int(domain.voxels[$0])]
                return position >= 0 && coverage[Int(position)]
            }
            // Coverage without a start point in it says nothing.
            let index = volume.points.isEmpty ? 0 : volumes.count
            if index > 0 { volumes.append(volume) }
            volumeOf[coverage] = index
            return index
        }

        let members = Self.members(studies)
        let inside = members.map { volume(studies[$0[0]].coverage) }
        samples = zip(members, inside).map { own, inside in
            Sample(own, studies: studies, voxels: voxels, space: space, seed: seed, inside: inside)
        }
        self.volumes = volumes
    }

    static func coincidence(_ start: StartPoints, _ mask: Mask) -> Double {
        min(1, Double(start.insideCount) / Double(max(1, mask.count)))
    }

    /// By sample, its experiments with peaks, in their order.
    static func members(_ studies: [AgreementStudy]) -> [[Int]] {
        var order: [String] = []
        var members: [String: [Int]] = [:]
        for index in studies.indices where !studies[index].peaks.isEmpty && studies[index].map == nil {
            if members[studies[index].sample] == nil { order.append(studies[index].sample) }
            members[studies[index].sample, default: []].append(index)
        }
        return order.compactMap { members[$0] }
    }

    /// The same peaks and start points, but peaks go to other places.
    func going(to places: any RelocationPlaces) -> Relocation {
        var result = self
        result.places = places
        return result
    }

    /// The template voxel that stands for a peak: of those it is spread from (``PeakKernel/sources(of:)``) one in the mask, the
    /// nearest. A relocated peak is at the centre of one voxel; so that the two are treated alike, an observed one is too.
    private static func voxel(
        of mni: SIMD3<Double>, kernel: PeakKernel, isInMask: (Int) -> Bool
    ) -> Int? {
        let sources = kernel.sources(of: mni)
        let inside = sources.filter { isInMask($0.voxel) }
        return (inside.isEmpty ? sources : inside).min { ($0.start, $0.voxel) < ($1.start, $1.voxel) }?.voxel
    }

    private static func sites(
        _ own: [Int], studies: [AgreementStudy], voxels: [[Int?]], domain: Mask, isInMask: (Int) -> Bool
    ) -> [Site] {
        // Usable peaks: experiment, peak, voxel.
        let peaks = own.flatMap { experiment in
            voxels[experiment].enumerated().compactMap { peak, voxel in voxel.map { (experiment, peak, $0) } }
        }
        var home = Array(peaks.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while home[index] != index { index = home[index] }
            return index
        }
        func join(_ first: Int, _ second: Int) {
            let (a, b) = (root(first), root(second))
            home[max(a, b)] = min(a, b)
        }
        let isSame = own.allSatisfy {
            studies[$0].peaks.map(\.coordinate) == studies[own[0]].peaks.map(\.coordinate)
        }
        if own.count > 1 {
            for first in peaks.indices {
                for second in peaks.indices where second > first && peaks[first].0 != peaks[second].0 {
                    let step = domain.world(at: peaks[first].2) - domain.world(at: peaks[second].2)
                    let isNear = (step * step).sum() < link * link
                    if isSame ? peaks[first].1 == peaks[second].1 : isNear { join(first, second) }
                }
            }
        }
        var sites: [Site] = []
        var siteOf: [Int: Int] = [:]
        for index in peaks.indices {
            let anchor = root(index)
            let offset = domain.world(at: peaks[index].2) - domain.world(at: peaks[anchor].2)
            if siteOf[anchor] == nil {
                siteOf[anchor] = sites.count
                sites.append(Site(members: [], isInside: isInMask(peaks[anchor].2)))
            }
            sites[siteOf[anchor] ?? 0].members.append((peaks[index].0, peaks[index].1, offset))
        }
        return sites
    }

    /// Kernels of all peaks in a relocation, by experiment and peak; relocation 0 is what was observed.
    /// - Returns: −1 for peaks that are not used.
    func kernels(_ number: Int) -> [[Int32]] {
        var result = observed
        guard number > 0 else { return result }
        // Start points where peaks of the samples so far are.
        var occupied: Set<Int32> = []
        for sample in samples {
            var taken: [SIMD3<Double>] = []
            var own: [Int32] = []
            for (index, site) in sample.sites.enumerated() {
                let volume = volumes[site.isInside ? sample.inside : sample.outside]
                // What lies outside the mask has no base rate: it moves anywhere outside.
                let places = site.isInside ? places : UniformPlaces()
                var chosen: [Int32] = []
                for attempt in 0..<Self.tries {
                    let words = sample.random([
                        UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: index), UInt32(attempt), 0,
                    ])
                    guard let points = self.points(site, places.point(words, in: volume), volume) else { continue }
                    chosen = points
                    if !points.allSatisfy({ isFar($0, from: taken) }) { continue }
                    if !points.contains(where: occupied.contains) { break }
                    let word = sample.random([
                        UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: index), UInt32(attempt), 1,
                    ])
                    if Philox.uniform(word.x) < coincidence { break }
                }
                if chosen.isEmpty {
                    // No try led to a place: anywhere in the volume, every member where the first is.
                    let words = sample.random([
                        UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: index), UInt32(Self.tries), 0,
                    ])
                    guard let point = UniformPlaces().point(words, in: volume) else { continue }
                    chosen = site.members.map { _ in point }
                }
                for (member, point) in zip(site.members, chosen) {
                    result[member.experiment][member.peak] = point
                    taken.append(start.coordinates[Int(point)])
                    own.append(point)
                }
            }
            occupied.formUnion(own)
        }
        return result
    }

    /// Where the members of a site go when its first goes to a point; nil when one would leave the volume.
    private func points(_ site: Site, _ first: Int32?, _ volume: SearchVolume) -> [Int32]? {
        guard let first else { return nil }
        let anchor = start.coordinates[Int(first)]
        var points: [Int32] = []
        for member in site.members {
            if member.offset == .zero {
                points.append(first)
            } else {
                guard let point = volume.point(nearestTo: anchor + member.offset) else { return nil }
                points.append(point)
            }
        }
        return points
    }

    private func isFar(_ point: Int32, from taken: [SIMD3<Double>]) -> Bool {
        let place = start.coordinates[Int(point)]
        return taken.allSatisfy { other in
            let step = place - other
            return (step * step).sum() >= Self.separation * Self.separation
        }
    }

    /// Where all peaks are in a relocation, MNI mm, by experiment and peak; nil for peaks that are not used.
    public func coordinates(_ number: Int, space: AnalysisSpace) -> [[SIMD3<Double>?]] {
        let domain = space.template.domain
        return kernels(number).map { peaks in
            peaks.map { $0 < 0 ? nil : domain.world(at: Int(kernelVoxels[Int($0)])) }
        }
    }
}
