/// The images that come with the program: a standard brain, on ``Grid/mni2mm``, and how often its places are printed.
///
/// The brain is ICBM152 nonlinear 2009a symmetric, sampled at 2 mm without averaging; made by `Scripts/make_templates.py`,
/// see `PROVENANCE.md` beside the files (Fonov et al. 2011, doi:10.1016/j.neuroimage.2010.07.033).
public enum Templates {
    public enum Name: String, Hashable, Sendable, CaseIterable {
        /// T1-weighted average, skull removed; 0 to 255, 0 outside the brain.
        case t1 = "T1w"
        /// Probability of grey matter, 0 to 1.
        case greyMatter = "label-GM_probseg"
        /// Probability of white matter, 0 to 1.
        case whiteMatter = "label-WM_probseg"
        /// 1 in the brain (T1 > 0: 235,818 voxels, 1.887 L), 0 outside.
        case brainMask = "desc-brain_mask"
        /// How often published tables of coordinates have a focus near, whatever they are about, in no unit; every 4 mm, and
        /// a little beyond the brain. Made by `Scripts/base_rate.py` from the Neurosynth database.
        case fociDensity = "density"

        /// Name of the file in the resource folder.
        public var fileName: String {
            self == .fociDensity
                ? "base-rate_space-MNI152_res-04_density.nii.gz" : "tpl-MNI152NLin2009aSym_res-02_\(rawValue).nii.gz"
        }

        /// The edge of its voxels, mm.
        var voxelSize: Int { self == .fociDensity ? 4 : 2 }

        /// What makes it.
        var script: String { self == .fociDensity ? "Scripts/base_rate.py" : "Scripts/make_templates.py" }
    }

    /// Reads one template.
    ///
    /// The files are looked for in the folder that the environment variable `CUNEUS_RESOURCES` names, else beside the
    /// program, in `../share/cuneus` from it, and in the source tree.
    /// - Throws: ``TemplateError`` when the file is nowhere, cannot be read, or is not on its grid.
    public static func load(_ name: Name) throws(TemplateError) -> Volume {
        try load(name, from: ResourceFolder())
    }

    /// Where a template is.
    /// - Throws: ``TemplateError`` when it is nowhere.
    package static func path(of name: Name, in folder: ResourceFolder = ResourceFolder()) throws(TemplateError)
        -> String
    {
        guard let path = folder.path(of: name.fileName) else {
            throw TemplateError(name: name, reason: .absent(lookedIn: folder.candidates))
        }
        return path
    }

    package static func load(_ name: Name, from folder: ResourceFolder) throws(TemplateError) -> Volume {
        let path = try path(of: name, in: folder)
        let volume: Volume
        do {
            volume = try NIfTIImage(contentsOf: path).volume()
        } catch {
            throw TemplateError(name: name, reason: .unreadable(path: path, message: "\(error)"))
        }
        guard volume.grid == Grid.mni(voxelSize: Double(name.voxelSize)) else {
            throw TemplateError(name: name, reason: .otherGrid(path: path))
        }
        return volume
    }
}

/// A template that could not be had.
public struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case absent(lookedIn: [String])
        case unreadable(path: String, message: String)
        case otherGrid(path: String)
    }

    public var name: Templates.Name
    public var reason: Reason

    public init(name: Templates.Name, reason: Reason) {
        self.name = name
        self.reason = reason
    }

    public var description: String {
        switch reason {
        case .absent(let folders):
            "The template \(name.fileName) was not found in \(folders.joined(separator: ", ")). "
                + "Set CUNEUS_RESOURCES to the folder that holds it (Sources/Imaging/Resources in the source tree)."
        case .unreadable(let path, let message):
            "\(path): the template cannot be read: \(message)"
        case .otherGrid(let path):
            "\(path): the template is not on the \(name.voxelSize) mm MNI grid (origin 90, −126, −72). "
                + "Make it again with \(name.script)."
        }
    }
}
