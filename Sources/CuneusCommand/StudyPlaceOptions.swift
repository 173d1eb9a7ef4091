import ArgumentParser
import Cuneus

/// Where a study looks: the whole brain, or less, which is then a small-volume correction.
struct StudyPlaceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "brain (the default), grey (the template's grey matter), or an image that is above 0.5 inside.",
            valueName: "mask"), completion: .file())
    var mask: String?

    @Option(
        help: ArgumentHelp(
            "Only this region of an atlas, such as 'AAL:Left amygdala' (repeatable; all together are corrected for).",
            valueName: "atlas:label"))
    var region: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only a sphere: centre in MNI mm and radius (repeatable).", valueName: "x,y,z,radius"))
    var sphere: [String] = []

    var isEmpty: Bool { mask == nil && region.isEmpty && sphere.isEmpty }

    /// Whether regions or spheres narrow the images once they are read.
    var hasSmallVolume: Bool { !region.isEmpty || !sphere.isEmpty }

    var area: ParticipantImages.Area {
        switch mask?.lowercased() {
        case nil, "brain": .brain
        case "grey", "gray": .greyMatter(0.3)
        default: .image(mask ?? "")
        }
    }

    /// The images where the study looks, and what that is called.
    func restrict(_ images: ParticipantImages) throws -> (images: ParticipantImages, area: StudyArea) {
        let regions = try regions()
        let voxelVolume = images.mask.grid.voxelVolume
        guard !regions.isEmpty else {
            let kind: StudyArea.Kind =
                switch area {
                case .brain: .wholeBrain
                case .greyMatter: .greyMatter
                case .image: .mask
                }
            return (
                images,
                StudyArea(
                    kind: kind, names: kind == .mask ? [mask ?? ""] : [], voxels: images.mask.count,
                    volume: Double(images.mask.count) * voxelVolume)
            )
        }
        let (located, skipped) = try RegionAtlases(installed: .installed()).locate(regions, in: images.mask)
        if let notice = skipped.first { throw InputError(notice.message, remedy: notice.remedy) }
        let voxels = Set(located.flatMap(\.place.voxels)).sorted()
        let area = StudyArea(
            kind: .smallVolume, names: regions.map(\.name), voxels: voxels.count,
            volume: Double(voxels.count) * voxelVolume)
        return (images.restricted(to: voxels), area)
    }

    private func regions() throws(InputError) -> [RegionHypothesis] {
        var regions: [RegionHypothesis] = []
        for text in region {
            let halves = text.split(separator: ":", maxSplits: 1).map(String.init)
            guard halves.count == 2 else {
                throw InputError(
                    "--region is \"\(text)\"; an atlas and a label were expected.",
                    remedy: "Write for example --region 'AAL:Left amygdala'.")
            }
            regions.append(
                RegionHypothesis(
                    name: halves[1], extent: .atlas(name: halves[0], labels: [.init(halves[1])]), direction: .either))
        }
        for text in sphere {
            let parts = text.split(separator: ",").map { Double($0) }
            guard parts.count == 4, let x = parts[0], let y = parts[1], let z = parts[2], let radius = parts[3],
                [x, y, z].allSatisfy({ (-300...300).contains($0) }), radius > 0, radius < 100
            else {
                throw InputError(
                    "--sphere is \"\(text)\"; x, y, z and a radius in mm were expected.",
                    remedy: "Write for example --sphere -22,-4,-18,8.")
            }
            regions.append(
                RegionHypothesis(
                    name:
                        "sphere of \(NumberText.shortest(radius)) mm around (\(NumberText.shortest(x)), \(NumberText.shortest(y)), \(NumberText.shortest(z)))",
                    extent: .spheres(centres: [[x, y, z]], radius: radius), direction: .either))
        }
        return regions
    }
}
