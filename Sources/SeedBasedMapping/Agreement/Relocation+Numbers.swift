import Evidence
import Imaging

extension Relocation {
    /// Start points, search volumes and where peaks are, under their names in a prepared file.
    func write(to numbers: inout NumberSections) {
        numbers.add("relocation.start", start.voxels)
        numbers.add("relocation.insideCount", [Int64(start.insideCount)])
        numbers.add("relocation.kernelVoxels", kernelVoxels)
        numbers.add("relocation.observed", observed.flatMap { $0 })
        numbers.add("relocation.volumeOfSample", samples.map { Int32($0.inside) })
        numbers.add("relocation.volumes", [Int64(volumes.count)])
        for (index, volume) in volumes.enumerated() { volume.write(index, to: &numbers) }
    }

    /// As ``write(to:)`` left it, of the same studies; peaks go anywhere.
    init(
        _ studies: [AgreementStudy], space: AnalysisSpace, seed: UInt64, from numbers: MappedSections
    ) throws(InputError) {
        let domain = space.template.domain
        let insideCount: [Int64] = try numbers.array("relocation.insideCount", count: 1)
        start = StartPoints(
            try numbers.array("relocation.start"), insideCount: Int(insideCount[0]), domain: domain)
        places = UniformPlaces()
        coincidence = Self.coincidence(start, space.mask)
        let kernelVoxels: [Int32] = try numbers.array("relocation.kernelVoxels")
        self.kernelVoxels = kernelVoxels
        let counts = studies.map { $0.map == nil ? $0.peaks.count : 0 }
        let all: [Int32] = try numbers.array("relocation.observed", count: counts.reduce(0, +))
        var observed: [[Int32]] = []
        var next = 0
        for count in counts {
            observed.append(Array(all[next..<next + count]))
            next += count
        }
        self.observed = observed
        let count: [Int64] = try numbers.array("relocation.volumes", count: 1)
        var volumes: [SearchVolume] = []
        for index in 0..<Int(count[0]) {
            volumes.append(try SearchVolume(index, domain: domain, from: numbers))
        }
        self.volumes = volumes
        let members = Self.members(studies)
        let inside: [Int32] = try numbers.array("relocation.volumeOfSample", count: members.count)
        let voxels = observed.map { peaks in
            peaks.map { kernel -> Int? in kernel < 0 ? nil : Int(kernelVoxels[Int(kernel)]) }
        }
        samples = zip(members, inside).map { own, inside in
            Sample(own, studies: studies, voxels: voxels, space: space, seed: seed, inside: Int(inside))
        }
    }
}
