import Evidence
import Imaging
import Inference
import SeedBasedMapping
import Statistics
import Testing

@Suite("Agreement test: relocation of peaks")
struct RelocationTests {
    private func kernel(_ space: AnalysisSpace) -> PeakKernel {
        PeakKernel(graph: KernelGraph(template: space.template, fwhm: 20), anisotropy: 1)
    }

    private func relocation(
        _ studies: [AgreementStudy], _ space: AnalysisSpace, places: any RelocationPlaces = UniformPlaces(),
        startPoints: Int = 100_000
    ) -> Relocation {
        Relocation(
            studies, space: space, kernel: kernel(space), places: places, startPoints: startPoints, seed: 3)
    }

    private func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
        let step = a - b
        return (step * step).sum().squareRoot()
    }

    private func isInside(_ place: SIMD3<Double>, _ mask: Mask) -> Bool {
        mask.grid.nearestVoxel(to: place).map(mask.contains) ?? false
    }

    private func study(_ id: String, sample: String? = nil, at places: [SIMD3<Double>]) -> AgreementStudy {
        let scale = EffectScale(n1: 20)
        return AgreementStudy(
            id: id, sample: sample ?? id, scale: scale, thresholdG: 0.8,
            peaks: places.map { BoundsBuilder.MappedPeak(coordinate: $0, g: 1) })
    }

    @Test("Relocation 0 is what was observed, at the centres of the peaks' voxels")
    func observed() throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(1)
        let studies = AgreementSpace.studies(5, space: space, stream: &stream)
        let places = relocation(studies, space).coordinates(0, space: space)
        for (study, places) in zip(studies, places) {
            #expect(places == study.peaks.map(\.coordinate))
        }
    }

    @Test("Peaks stay as many, go into the mask, and at least 8 mm from the others of their sample")
    func properties() throws {
        let space = try #require(AgreementSpace.make(voxelSize: 4))
        var stream = AgreementSpace.Stream(2)
        let studies = AgreementSpace.studies(6, peaks: 15, space: space, stream: &stream)
        let relocation = relocation(studies, space, startPoints: 3000)
        for number in 1...20 {
            let places = relocation.coordinates(number, space: space)
            for (study, places) in zip(studies, places) {
                let all = places.compactMap { $0 }
                #expect(all.count == study.peaks.count)
                #expect(all.allSatisfy { isInside($0, space.mask) })
                for first in all.indices {
                    for second in all.indices where second > first {
                        #expect(distance(all[first], all[second]) >= Relocation.separation - 1e-9)
                    }
                }
            }
        }
    }

    @Test("Places are uniform: as many in each half of the mask as it has voxels")
    func uniform() throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(3)
        let studies = AgreementSpace.studies(4, space: space, stream: &stream)
        let relocation = relocation(studies, space)
        var right = 0
        var all = 0
        for number in 1...200 {
            for place in relocation.coordinates(number, space: space).joined().compactMap({ $0 }) {
                all += 1
                right += place.x > 15 ? 1 : 0
            }
        }
        let share = Double((0..<space.mask.count).count { space.mask.world(at: $0).x > 15 }) / Double(space.mask.count)
        let error = (share * (1 - share) / Double(all)).squareRoot()
        #expect(abs(Double(right) / Double(all) - share) < 4 * error)
    }

    @Test("With few start points, samples still meet in a voxel no more often than they would with one in every voxel")
    func coincidences() throws {
        let space = try #require(AgreementSpace.make(voxelSize: 4))
        var stream = AgreementSpace.Stream(8)
        let studies = AgreementSpace.studies(20, peaks: 8, space: space, stream: &stream)
        let relocation = relocation(studies, space, startPoints: 800)
        var meetings = 0
        var pairs = 0
        for number in 1...40 {
            let places = relocation.coordinates(number, space: space).map { $0.compactMap { $0 } }
            for first in places.indices {
                for second in places.indices where second > first {
                    pairs += places[first].count * places[second].count
                    meetings += places[first].count { places[second].contains($0) }
                }
            }
        }
        let expected = Double(pairs) / Double(space.mask.count)
        // Without the rule there would be as many as pairs / 800, some fifteen times more.
        #expect(space.mask.count > 10_000)
        #expect(abs(Double(meetings) - expected) < 5 * expected.squareRoot())
    }

    @Test("A draw depends on the sample's name alone: other samples may come and go")
    func names() throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(4)
        let studies = AgreementSpace.studies(5, space: space, stream: &stream)
        let all = relocation(studies, space).coordinates(7, space: space)
        let some = relocation([studies[3], studies[1]], space).coordinates(7, space: space)
        #expect(some == [all[3], all[1]])
        let other = relocation(studies, space).coordinates(8, space: space)
        #expect(other != all)
    }

    @Test("Identical lists of one sample move by the same draws")
    func identicalLists() throws {
        let space = try #require(AgreementSpace.make())
        let places: [SIMD3<Double>] = [[0, -18, 12], [24, -6, 0], [-30, 0, 30]]
        let studies = [
            study("a", sample: "s", at: places), study("b", at: places), study("c", sample: "s", at: places),
        ]
        let relocation = relocation(studies, space)
        for number in 1...10 {
            let moved = relocation.coordinates(number, space: space)
            #expect(moved[0] == moved[2])
            #expect(moved[0] != moved[1])
        }
    }

    @Test("Other lists of one sample: peaks that are near keep their distance, the rest moves apart")
    func sharedSample() throws {
        let space = try #require(AgreementSpace.make())
        let studies = [
            study("a", sample: "s", at: [[0, -18, 12], [36, -18, 12]]), study("c", sample: "s", at: [[6, -18, 12]]),
        ]
        let relocation = relocation(studies, space)
        var apart: Set<Double> = []
        for number in 1...20 {
            let moved = relocation.coordinates(number, space: space)
            let first = try #require(moved[0][0])
            let mate = try #require(moved[1][0])
            let other = try #require(moved[0][1])
            #expect(mate - first == [6, 0, 0])
            apart.insert(distance(first, other))
        }
        #expect(apart.count > 10)
    }

    @Test("A sample that looked at one half only finds only there")
    func coverage() throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(5)
        var studies = AgreementSpace.studies(2, peaks: 6, space: space, stream: &stream)
        studies[0].coverage = (0..<space.mask.count).map { space.mask.world(at: $0).z > 10 }
        let relocation = relocation(studies, space)
        let places = (1...30).map { relocation.coordinates($0, space: space) }
        #expect(places.allSatisfy { $0[0].allSatisfy { ($0?.z ?? 0) > 10 } })
        #expect(places.contains { $0[1].contains { ($0?.z ?? 100) < 10 } })
    }

    @Test("A peak outside the mask moves where there is tissue outside it; one far from tissue is not used")
    func outside() throws {
        let space = try #require(AgreementSpace.make())
        let domain = space.template.domain
        let beyond = try #require(
            (0..<domain.count).first { space.mask.position[Int(domain.voxels[$0])] < 0 })
        let studies = [study("a", at: [domain.world(at: beyond), [0, -18, 12], [0, 0, 200]])]
        let relocation = relocation(studies, space)
        for number in 0...10 {
            let moved = relocation.coordinates(number, space: space)[0]
            let first = try #require(moved[0])
            #expect(!isInside(first, space.mask) && isInside(first, domain))
            #expect(isInside(try #require(moved[1]), space.mask))
            #expect(moved[2] == nil)
        }
    }

    @Test("Base rates: peaks go near foci of other studies, or where a density says")
    func baseRates() throws {
        let space = try #require(AgreementSpace.make())
        var stream = AgreementSpace.Stream(6)
        let studies = AgreementSpace.studies(4, peaks: 3, space: space, stream: &stream)
        let foci: [SIMD3<Double>] = [[30, -18, 10], [-30, -18, 10]]
        let near = relocation(studies, space, places: FociPlaces(foci: foci, fwhm: 10))
        // A Gaussian of 4.25 mm and half a voxel: nearly all within 24 mm.
        let places = (1...30).flatMap { near.coordinates($0, space: space).joined() }.compactMap { $0 }
        #expect(places.allSatisfy { place in foci.contains { distance($0, place) < 24 } })
        #expect(Set(places.map(\.x)).count > 5)
        let density = (0..<space.mask.count).map { Float(space.mask.world(at: $0).y > 0 ? 2 : 0) }
        let there = relocation(studies, space, places: DensityPlaces(mask: space.mask, density: density))
        #expect((1...30).allSatisfy { there.coordinates($0, space: space).joined().allSatisfy { ($0?.y ?? -1) > 0 } })
    }
}
